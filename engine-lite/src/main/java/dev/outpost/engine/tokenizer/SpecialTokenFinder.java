package dev.outpost.engine.tokenizer;

import dev.outpost.engine.failure.ModelRejectedException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;

/**
 * Finds special tokens in text: longer names before shorter ones over the whole text, each leftmost first, no overlaps;
 * names of one length in id order. One pass of an Aho-Corasick automaton instead of one search a token.
 */
final class SpecialTokenFinder {

    private static final int ROOT = 0;
    private static final int NONE = -1;
    /** A node's number and a byte share an int; Gemma 3 with 6,400 special tokens needs 70,000. */
    private static final int NAME_BYTES_LIMIT = 1 << 22;

    /** Token ids, first to be matched first. */
    private final int[] order;
    private final Vocabulary vocabulary;
    /** Edges of the trie, {@code node << 8 | byte} to node, open addressing. */
    private final IntTable edges;
    /** By node: the longest proper suffix that is a node too; the longest proper suffix that ends a name; that name. */
    private final int[] fallback;
    private final int[] shorterEnd;
    private final int[] rankAt;
    private final BitSet firstBytes = new BitSet(256);

    /** A special token in the text, or plain text where {@code id} is negative: bytes {@code [from, to)}. */
    record Piece(int id, int from, int to) {}

    SpecialTokenFinder(Vocabulary vocabulary) {
        this.vocabulary = vocabulary;
        List<Integer> special = new ArrayList<>();
        for (int id = 0; id < vocabulary.size(); id++) {
            TokenType type = vocabulary.type(id);
            boolean named = type == TokenType.CONTROL || type == TokenType.USER_DEFINED || type == TokenType.UNKNOWN;
            if (named && vocabulary.pieceBytes(id) > 0) {
                special.add(id);
            }
        }
        special.sort(Comparator.<Integer>comparingInt(vocabulary::pieceBytes).reversed());
        order = special.stream().mapToInt(Integer::intValue).toArray();
        int bytes = nameBytes();
        edges = new IntTable(bytes);
        int[] ranks = new int[bytes + 1];
        Arrays.fill(ranks, NONE);
        int nodes = 1;
        for (int rank = 0; rank < order.length; rank++) {
            int node = ROOT;
            for (byte b : vocabulary.piece(order[rank])) {
                int next = edges.get(edge(node, b));
                if (next < 0) {
                    next = nodes++;
                    edges.put(edge(node, b), next);
                }
                node = next;
            }
            ranks[node] = ranks[node] == NONE ? rank : ranks[node];
            firstBytes.set(vocabulary.piece(order[rank])[0] & 0xFF);
        }
        rankAt = Arrays.copyOf(ranks, nodes);
        fallback = new int[nodes];
        shorterEnd = new int[nodes];
        link(nodes);
    }

    private int nameBytes() {
        long bytes = Arrays.stream(order).mapToLong(vocabulary::pieceBytes).sum();
        if (bytes > NAME_BYTES_LIMIT) {
            throw new ModelRejectedException("vocabulary", "tokenizer.ggml.tokens", -1,
                    "names of special tokens are too long together: limit=" + NAME_BYTES_LIMIT + ", found=" + bytes);
        }
        return (int) bytes;
    }

    /** Breadth first, so that a node's suffixes are linked before it. */
    private void link(int nodes) {
        int[] parent = new int[nodes];
        byte[] label = new byte[nodes];
        int[] depth = new int[nodes];
        edges.forEach((key, node) -> {
            parent[node] = key >>> 8;
            label[node] = (byte) key;
        });
        for (int node = 1; node < nodes; node++) {
            depth[node] = depth[parent[node]] + 1;
        }
        Integer[] byDepth = new Integer[nodes - 1];
        Arrays.setAll(byDepth, i -> i + 1);
        Arrays.sort(byDepth, Comparator.comparingInt(node -> depth[node]));
        shorterEnd[ROOT] = NONE;
        for (int node : byDepth) {
            int suffix = parent[node] == ROOT ? ROOT : step(fallback[parent[node]], label[node]);
            fallback[node] = suffix;
            shorterEnd[node] = rankAt[suffix] >= 0 ? suffix : shorterEnd[suffix];
        }
    }

    private int step(int from, byte label) {
        int node = from;
        while (true) {
            int next = edges.get(edge(node, label));
            if (next >= 0) {
                return next;
            }
            if (node == ROOT) {
                return ROOT;
            }
            node = fallback[node];
        }
    }

    private static int edge(int node, byte label) {
        return node << 8 | label & 0xFF;
    }

    /**
     * @param all control and unknown tokens too, else only user-defined ones
     * @param stripsRight by token id: swallows the white space after it
     * @return the text in order: special tokens, and what lies between them
     */
    List<Piece> split(byte[] text, boolean all, BitSet stripsRight) {
        PairHeap candidates = candidates(text, all);
        if (candidates.isEmpty()) {
            return List.of(new Piece(NONE, 0, text.length));
        }
        BitSet taken = new BitSet(text.length);
        List<Piece> found = new ArrayList<>();
        while (!candidates.isEmpty()) {
            int rank = (int) (candidates.topKey() >>> 32);
            int from = (int) candidates.topKey();
            int node = candidates.topPayload();
            candidates.pop();
            int to = from + vocabulary.pieceBytes(order[rank]);
            if (taken.get(to - 1)) {
                continue;
            }
            if (taken.get(from)) {
                offer(candidates, shorterEnd[node], to, all, taken);
                continue;
            }
            int end = stripsRight.get(order[rank]) ? skipSpace(text, to, taken) : to;
            taken.set(from, end);
            found.add(new Piece(order[rank], from, end));
        }
        return withText(found, text.length);
    }

    /** Of every position the longest name that ends there; shorter ones follow if that one turns out to be blocked. */
    private PairHeap candidates(byte[] text, boolean all) {
        PairHeap candidates = new PairHeap(16);
        int node = ROOT;
        for (int i = 0; i < text.length; i++) {
            if (node == ROOT && !firstBytes.get(text[i] & 0xFF)) {
                continue;
            }
            node = step(node, text[i]);
            offer(candidates, rankAt[node] >= 0 ? node : shorterEnd[node], i + 1, all, null);
        }
        return candidates;
    }

    /** The longest name that ends at {@code to}, from {@code node} down, which is wanted and not known to be blocked. */
    private void offer(PairHeap candidates, int node, int to, boolean all, BitSet taken) {
        for (int at = node; at >= 0; at = shorterEnd[at]) {
            int rank = rankAt[at];
            int from = to - vocabulary.pieceBytes(order[rank]);
            boolean wanted = all || vocabulary.type(order[rank]) == TokenType.USER_DEFINED;
            if (wanted && (taken == null || !taken.get(from))) {
                candidates.push((long) rank << 32 | from, at);
                return;
            }
        }
    }

    private static int skipSpace(byte[] text, int from, BitSet taken) {
        int at = from;
        while (at < text.length && !taken.get(at) && (text[at] == ' ' || text[at] >= 9 && text[at] <= 13)) {
            at++;
        }
        return at;
    }

    private static List<Piece> withText(List<Piece> found, int length) {
        found.sort(Comparator.comparingInt(Piece::from));
        List<Piece> pieces = new ArrayList<>(found.size() * 2 + 1);
        int at = 0;
        for (Piece piece : found) {
            if (at < piece.from()) {
                pieces.add(new Piece(NONE, at, piece.from()));
            }
            pieces.add(piece);
            at = piece.to();
        }
        if (at < length) {
            pieces.add(new Piece(NONE, at, length));
        }
        return pieces;
    }
}
