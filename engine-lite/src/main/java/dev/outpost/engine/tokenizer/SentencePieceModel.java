package dev.outpost.engine.tokenizer;

/**
 * SentencePiece-style encoding: spaces become U+2581, characters merge into the neighbouring pair whose piece has the
 * highest score, leftmost first; what is no piece is written as byte tokens, or as the unknown token where the vocabulary
 * has none.
 *
 * <p>Text that itself contains U+2581 decodes to spaces: the two cannot be told apart.
 */
final class SentencePieceModel implements TextModel {

    private static final byte[] SPACE = {(byte) 0xE2, (byte) 0x96, (byte) 0x81};

    private final Vocabulary vocabulary;
    private final ByteTokens byteTokens;
    private final int unknown;
    private final boolean spacePrefix;

    /**
     * @param unknown id for a character that is neither piece nor bytes, or -1 to drop it
     * @param spacePrefix text that opens gets a space in front
     */
    SentencePieceModel(Vocabulary vocabulary, ByteTokens byteTokens, int unknown, boolean spacePrefix) {
        this.vocabulary = vocabulary;
        this.byteTokens = byteTokens;
        this.unknown = unknown;
        this.spacePrefix = spacePrefix;
    }

    @Override
    public void encode(byte[] text, int from, int to, boolean opens, IdList out) {
        new Merging(escape(text, from, to, opens && spacePrefix)).run(out);
    }

    @Override
    public byte[] decode(byte[] piece) {
        byte[] out = new byte[piece.length];
        int size = 0;
        for (int i = 0; i < piece.length; i++) {
            boolean space = i + 2 < piece.length && piece[i] == SPACE[0] && piece[i + 1] == SPACE[1]
                    && piece[i + 2] == SPACE[2];
            out[size++] = space ? (byte) ' ' : piece[i];
            i += space ? 2 : 0;
        }
        return java.util.Arrays.copyOf(out, size);
    }

    @Override
    public boolean prefixesSpace() {
        return spacePrefix;
    }

    private static byte[] escape(byte[] text, int from, int to, boolean prefix) {
        int spaces = prefix ? 1 : 0;
        for (int i = from; i < to; i++) {
            spaces += text[i] == ' ' ? 1 : 0;
        }
        byte[] out = new byte[to - from + 2 * spaces + (prefix ? 1 : 0)];
        int size = prefix ? writeSpace(out, 0) : 0;
        for (int i = from; i < to; i++) {
            if (text[i] == ' ') {
                size = writeSpace(out, size);
            } else {
                out[size++] = text[i];
            }
        }
        return out;
    }

    private static int writeSpace(byte[] out, int at) {
        System.arraycopy(SPACE, 0, out, at, SPACE.length);
        return at + SPACE.length;
    }

    /** One fragment: symbols as a linked list over the text's bytes. */
    private final class Merging {

        private final byte[] text;
        /** By symbol: first byte, bytes (0 where merged into its left neighbour), neighbours. */
        private final int[] starts;
        private final int[] lengths;
        private final int[] previous;
        private final int[] next;
        private final int count;
        private final PairHeap heap;

        Merging(byte[] text) {
            this.text = text;
            int symbols = 0;
            for (int i = 0; i < text.length; i += Utf8.length(text[i])) {
                symbols++;
            }
            count = symbols;
            starts = new int[count];
            lengths = new int[count];
            previous = new int[count];
            next = new int[count];
            heap = new PairHeap(count);
            int at = 0;
            for (int i = 0; i < count; i++) {
                starts[i] = at;
                lengths[i] = Utf8.length(text[at]);
                previous[i] = i - 1;
                next[i] = i + 1 < count ? i + 1 : -1;
                at += lengths[i];
            }
        }

        void run(IdList out) {
            for (int i = 0; i + 1 < count; i++) {
                propose(i, i + 1);
            }
            while (!heap.isEmpty()) {
                int left = (int) heap.topKey();
                int bytes = heap.topPayload();
                heap.pop();
                int right = lengths[left] == 0 ? -1 : next[left];
                if (right >= 0 && lengths[left] + lengths[right] == bytes) {
                    join(left, right);
                }
            }
            for (int i = 0; i >= 0; i = next[i]) {
                emit(starts[i], starts[i] + lengths[i], out);
            }
        }

        private void join(int left, int right) {
            lengths[left] += lengths[right];
            lengths[right] = 0;
            next[left] = next[right];
            if (next[left] >= 0) {
                previous[next[left]] = left;
                propose(left, next[left]);
            }
            if (previous[left] >= 0) {
                propose(previous[left], left);
            }
        }

        private void propose(int left, int right) {
            int bytes = lengths[left] + lengths[right];
            int id = vocabulary.find(text, starts[left], starts[left] + bytes);
            if (id >= 0) {
                heap.push((long) descending(vocabulary.score(id)) << 32 | left, bytes);
            }
        }

        private void emit(int from, int to, IdList out) {
            int id = vocabulary.find(text, from, to);
            if (id >= 0) {
                out.add(id);
            } else if (byteTokens.present()) {
                for (int i = from; i < to; i++) {
                    out.add(byteTokens.id(text[i]));
                }
            } else if (unknown >= 0) {
                out.add(unknown);
            }
        }
    }

    /** An int that sorts as the float does, the other way round; 0 and -0 are one. */
    private static int descending(float score) {
        int bits = Float.floatToRawIntBits(score + 0.0f);
        return ~(bits >= 0 ? bits : bits ^ 0x7FFFFFFF);
    }
}
