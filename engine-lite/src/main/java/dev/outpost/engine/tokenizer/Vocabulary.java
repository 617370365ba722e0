package dev.outpost.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;

/**
 * The pieces of a vocabulary, compact: one blob, offsets and an open-addressing table of ids; about 25 bytes a token
 * where a map of strings takes 150.
 *
 * <p>Of pieces that occur twice the lowest id is found by its text; an empty piece is never found. Both still decode.
 */
final class Vocabulary {

    /** Pieces in id order; piece {@code i} is {@code blob[offsets[i] .. offsets[i+1])}. */
    private final byte[] blob;
    private final int[] offsets;
    /** id + 1, or 0 where free; at most half full. */
    private final int[] slots;
    private final int mask;
    /** Per vocabulary, so that a file cannot be made of pieces that collide. */
    private final int seed;
    private final byte[] types;
    private final float[] scores;
    private final int longest;

    /**
     * @param pieces checked by the caller: count, sizes
     * @param types one {@link TokenType#code()} a token
     * @param scores one a token, or empty where the kind of vocabulary has none
     */
    Vocabulary(List<byte[]> pieces, byte[] types, float[] scores) {
        int count = pieces.size();
        long total = 0;
        for (byte[] piece : pieces) {
            total += piece.length;
        }
        blob = new byte[Math.toIntExact(total)];
        offsets = new int[count + 1];
        slots = new int[Integer.highestOneBit(Math.max(count, 4) * 2 - 1) * 2];
        mask = slots.length - 1;
        seed = new SplittableRandom().nextInt();
        this.types = types.clone();
        this.scores = scores.clone();
        int max = 0;
        for (int id = 0; id < count; id++) {
            byte[] piece = pieces.get(id);
            System.arraycopy(piece, 0, blob, offsets[id], piece.length);
            offsets[id + 1] = offsets[id] + piece.length;
            max = Math.max(max, piece.length);
            if (piece.length > 0) {
                insert(id);
            }
        }
        longest = max;
    }

    private void insert(int id) {
        int at = hash(blob, offsets[id], offsets[id + 1]) & mask;
        while (slots[at] != 0) {
            if (matches(slots[at] - 1, blob, offsets[id], offsets[id + 1])) {
                return;
            }
            at = (at + 1) & mask;
        }
        slots[at] = id + 1;
    }

    int size() {
        return types.length;
    }

    /** Bytes of the longest piece. */
    int longestPiece() {
        return longest;
    }

    /** @return the id of the piece {@code text[from .. to)}, or -1 */
    int find(byte[] text, int from, int to) {
        if (to - from > longest || to == from) {
            return -1;
        }
        for (int at = hash(text, from, to) & mask; slots[at] != 0; at = (at + 1) & mask) {
            if (matches(slots[at] - 1, text, from, to)) {
                return slots[at] - 1;
            }
        }
        return -1;
    }

    int find(String piece) {
        byte[] text = Utf8.bytes(piece);
        return find(text, 0, text.length);
    }

    TokenType type(int id) {
        return TokenType.of(types[id]);
    }

    float score(int id) {
        return scores[id];
    }

    byte[] piece(int id) {
        byte[] piece = new byte[offsets[id + 1] - offsets[id]];
        System.arraycopy(blob, offsets[id], piece, 0, piece.length);
        return piece;
    }

    int pieceBytes(int id) {
        return offsets[id + 1] - offsets[id];
    }

    String text(int id) {
        return new String(blob, offsets[id], pieceBytes(id), StandardCharsets.UTF_8);
    }

    /** The same pieces with other types. */
    Vocabulary withTypes(byte[] changed) {
        return new Vocabulary(this, changed);
    }

    byte[] types() {
        return types.clone();
    }

    private Vocabulary(Vocabulary other, byte[] types) {
        blob = other.blob;
        offsets = other.offsets;
        slots = other.slots;
        mask = other.mask;
        seed = other.seed;
        scores = other.scores;
        longest = other.longest;
        this.types = types.clone();
    }

    private boolean matches(int id, byte[] text, int from, int to) {
        int at = offsets[id];
        if (offsets[id + 1] - at != to - from) {
            return false;
        }
        for (int i = from; i < to; i++, at++) {
            if (blob[at] != text[i]) {
                return false;
            }
        }
        return true;
    }

    private int hash(byte[] text, int from, int to) {
        int h = seed;
        for (int i = from; i < to; i++) {
            h = (h ^ text[i]) * 0x01000193;
            h ^= h >>> 15;
        }
        return h ^ (h >>> 7);
    }
}
