package dev.outpost.engine.tokenizer;

/**
 * The printable stand-ins of byte-level BPE (GPT-2's encoder): each byte is written as one character, printable Latin-1
 * bytes as themselves and the other 68, in order, as U+0100 and up.
 */
final class ByteAlphabet {

    private static final int STAND_INS = 256 + 68;

    private static final char[] CHARS = new char[256];
    private static final short[] BYTES = new short[STAND_INS];

    static {
        java.util.Arrays.fill(BYTES, (short) -1);
        int next = 256;
        for (int b = 0; b < 256; b++) {
            boolean printable = b >= 0x21 && b <= 0x7E || b >= 0xA1 && b <= 0xAC || b >= 0xAE;
            CHARS[b] = (char) (printable ? b : next++);
            BYTES[CHARS[b]] = (short) b;
        }
    }

    private ByteAlphabet() {}

    /** Appends the UTF-8 of a byte's stand-in (1 or 2 bytes) and returns the position after it. */
    static int write(byte value, byte[] target, int at) {
        char c = CHARS[value & 0xFF];
        if (c < 0x80) {
            target[at] = (byte) c;
            return at + 1;
        }
        target[at] = (byte) (0xC0 | c >> 6);
        target[at + 1] = (byte) (0x80 | c & 0x3F);
        return at + 2;
    }

    /** The bytes a piece stands for; a character outside the alphabet stands for its own UTF-8. */
    static byte[] decode(byte[] piece) {
        byte[] out = new byte[piece.length];
        int size = 0;
        for (int i = 0; i < piece.length;) {
            int length = Math.min(Utf8.length(piece[i]), piece.length - i);
            int c = length == 1
                    ? piece[i] & 0xFF
                    : length == 2 ? (piece[i] & 0x1F) << 6 | piece[i + 1] & 0x3F : STAND_INS;
            if (c < STAND_INS && BYTES[c] >= 0) {
                out[size++] = (byte) BYTES[c];
            } else {
                System.arraycopy(piece, i, out, size, length);
                size += length;
            }
            i += length;
        }
        return java.util.Arrays.copyOf(out, size);
    }
}
