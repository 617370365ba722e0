package dev.outpost.engine.tokenizer;

import dev.outpost.engine.failure.ModelRejectedException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The tokens {@code <0x00>} to {@code <0xFF>}: all 256, or none. */
final class ByteTokens {

    private static final String KEY = "tokenizer.ggml.tokens";
    private static final String HEX = "0123456789ABCDEF";
    private static final int NAME_BYTES = 6;

    /** Id by byte value; empty where the vocabulary has no byte tokens. */
    private final int[] ids;

    private ByteTokens(int[] ids) {
        this.ids = ids;
    }

    /**
     * @throws ModelRejectedException ({@code byte_token}) where a token of byte kind is not spelt {@code <0xNN>} with two hex
     *         digits, or stands for a byte another one stands for
     */
    static ByteTokens of(Vocabulary vocabulary) {
        int[] ids = new int[256];
        Arrays.fill(ids, -1);
        int found = 0;
        for (int id = 0; id < vocabulary.size(); id++) {
            if (vocabulary.type(id) != TokenType.BYTE) {
                continue;
            }
            int value = value(vocabulary.piece(id));
            if (value < 0) {
                throw rejected("byte token is not spelt <0xNN>: id=" + id);
            }
            if (ids[value] >= 0) {
                throw rejected("two byte tokens for one byte: byte=" + value + ", id=" + ids[value] + ", id=" + id);
            }
            ids[value] = id;
            found++;
        }
        return new ByteTokens(found == 256 ? ids : new int[0]);
    }

    /** The byte a piece {@code <0xNN>} names, or -1. */
    static int value(byte[] piece) {
        if (piece.length != NAME_BYTES || piece[0] != '<' || piece[1] != '0' || piece[2] != 'x' || piece[5] != '>') {
            return -1;
        }
        String digits = new String(piece, 3, 2, StandardCharsets.ISO_8859_1).toUpperCase(java.util.Locale.ROOT);
        int high = HEX.indexOf(digits.charAt(0));
        int low = HEX.indexOf(digits.charAt(1));
        return high < 0 || low < 0 ? -1 : high << 4 | low;
    }

    boolean present() {
        return ids.length == 256;
    }

    int id(byte value) {
        return ids[value & 0xFF];
    }

    private static ModelRejectedException rejected(String detail) {
        return new ModelRejectedException("byte_token", KEY, -1, detail);
    }
}
