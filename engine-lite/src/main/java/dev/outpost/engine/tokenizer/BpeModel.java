package dev.outpost.engine.tokenizer;

/**
 * Byte-level byte-pair encoding: text is cut into words, a word into bytes, and neighbours merge in rank order, leftmost
 * first. A byte the vocabulary has no token for is dropped.
 */
final class BpeModel implements TextModel {

    private final Vocabulary vocabulary;
    private final BpeMerges merges;
    private final PreTokenizer preTokenizer;
    /** The token of each byte alone, or -1. */
    private final int[] byteTokens = new int[256];

    BpeModel(Vocabulary vocabulary, BpeMerges merges, PreTokenizer preTokenizer) {
        this.vocabulary = vocabulary;
        this.merges = merges;
        this.preTokenizer = preTokenizer;
        byte[] encoded = new byte[2];
        for (int b = 0; b < 256; b++) {
            byteTokens[b] = vocabulary.find(encoded, 0, ByteAlphabet.write((byte) b, encoded, 0));
        }
    }

    @Override
    public void encode(byte[] text, int from, int to, boolean opens, IdList out) {
        CodePoints points = CodePoints.of(text, from, to);
        Word word = new Word(text, from, out);
        preTokenizer.split(points, (start, end) -> word.encode(points.bytes(start, end)));
    }

    @Override
    public byte[] decode(byte[] piece) {
        return ByteAlphabet.decode(piece);
    }

    @Override
    public boolean prefixesSpace() {
        return false;
    }

    /** The word being merged; its arrays are reused from word to word. */
    private final class Word {

        private final byte[] text;
        private final IdList out;
        private final PairHeap heap = new PairHeap(64);
        private byte[] encoded = new byte[64];
        /** Token at a position, -1 where it was merged into its left neighbour. */
        private int[] ids = new int[64];
        private int[] previous = new int[64];
        private int[] next = new int[64];
        private int at;

        Word(byte[] text, int from, IdList out) {
            this.text = text;
            this.at = from;
            this.out = out;
        }

        /** Takes the next {@code bytes} bytes of the text as one word. */
        void encode(int bytes) {
            int from = at;
            at += bytes;
            if (bytes == 1) {
                addByte(text[from]);
                return;
            }
            int whole = preTokenizer.wholeWords() ? wholeWord(from, bytes) : -1;
            if (whole >= 0) {
                out.add(whole);
                return;
            }
            int count = load(from, bytes);
            merge(count);
            for (int i = 0; i < count; i++) {
                if (ids[i] >= 0) {
                    out.add(ids[i]);
                }
            }
        }

        private void addByte(byte value) {
            int id = byteTokens[value & 0xFF];
            if (id >= 0) {
                out.add(id);
            }
        }

        private int wholeWord(int from, int bytes) {
            if (bytes > vocabulary.longestPiece()) {
                return -1;
            }
            if (encoded.length < bytes * 2) {
                encoded = new byte[bytes * 4];
            }
            int size = 0;
            for (int i = 0; i < bytes; i++) {
                size = ByteAlphabet.write(text[from + i], encoded, size);
            }
            return vocabulary.find(encoded, 0, size);
        }

        /** A byte without a token breaks the word as if it were not there; no merge can cross what is unknown. */
        private int load(int from, int bytes) {
            if (ids.length < bytes) {
                ids = new int[bytes * 2];
                previous = new int[bytes * 2];
                next = new int[bytes * 2];
            }
            for (int i = 0; i < bytes; i++) {
                ids[i] = byteTokens[text[from + i] & 0xFF];
                previous[i] = i - 1;
                next[i] = i + 1 < bytes ? i + 1 : -1;
            }
            return bytes;
        }

        private void merge(int count) {
            heap.clear();
            for (int i = 0; i + 1 < count; i++) {
                propose(i, i + 1);
            }
            while (!heap.isEmpty()) {
                long key = heap.topKey();
                heap.pop();
                int left = (int) key;
                int rank = (int) (key >>> 32);
                int right = ids[left] < 0 ? -1 : next[left];
                if (right < 0 || ids[right] < 0 || merges.rank(ids[left], ids[right]) != rank) {
                    continue;
                }
                ids[left] = merges.result(rank);
                ids[right] = -1;
                next[left] = next[right];
                if (next[left] >= 0) {
                    previous[next[left]] = left;
                    propose(left, next[left]);
                }
                if (previous[left] >= 0) {
                    propose(previous[left], left);
                }
            }
        }

        private void propose(int left, int right) {
            if (ids[left] < 0 || ids[right] < 0) {
                return;
            }
            int rank = merges.rank(ids[left], ids[right]);
            if (rank >= 0) {
                heap.push((long) rank << 32 | left, 0);
            }
        }
    }
}
