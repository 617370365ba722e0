package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.store.BlockList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What is still to be asked for: the wanted stretches of a file, ascending, cut as it goes; and what was lost, which comes
 * first. One thread.
 */
final class PullPlan {
    private record Stretch(long from, long to) {}

    /** Where bytes are, in the file's and in the wire's words. */
    private interface Address {
        Piece piece(long position, int length);

        /** The place in the file; -1 when there is no such place. */
        long position(int block, int offset);
    }

    private record BlockAddress(BlockList blocks) implements Address {
        @Override
        public Piece piece(long position, int length) {
            int block = blocks.at(position);
            return new Piece(position, length, block, (int) (position - blocks.offset(block)));
        }

        @Override
        public long position(int block, int offset) {
            long position = block < blocks.count() ? blocks.offset(block) + offset : -1;
            return position < blocks.fileBytes() ? position : -1;
        }
    }

    private record DocumentAddress(int bytes) implements Address {
        @Override
        public Piece piece(long position, int length) {
            return new Piece(position, length, 0, (int) position);
        }

        @Override
        public long position(int block, int offset) {
            return block == 0 && offset < bytes ? offset : -1;
        }
    }

    private final List<Stretch> stretches;
    private final Address address;
    private final TreeMap<Long, Piece> again = new TreeMap<>();
    private int stretch;
    private long at;

    private PullPlan(List<Stretch> stretches, long from, Address address) {
        this.stretches = stretches;
        this.address = address;
        this.at = stretches.isEmpty() ? 0 : Math.max(from, stretches.getFirst().from());
    }

    /**
     * @param wanted block indices, ascending
     * @param from bytes before this place of the first block are here already
     */
    static PullPlan blocks(BlockList blocks, List<Integer> wanted, long from) {
        List<Stretch> stretches = new ArrayList<>();
        for (int block : wanted) {
            long start = blocks.offset(block);
            long end = start + blocks.length(block);
            boolean follows = !stretches.isEmpty() && stretches.getLast().to() == start;
            stretches.add(new Stretch(follows ? stretches.removeLast().from() : start, end));
        }
        return new PullPlan(stretches, from, new BlockAddress(blocks));
    }

    static PullPlan document(int bytes) {
        return new PullPlan(bytes == 0 ? List.of() : List.of(new Stretch(0, bytes)), 0, new DocumentAddress(bytes));
    }

    /** The next piece, of at most {@code bytes}; empty when everything was asked for. */
    Optional<Piece> next(int bytes) {
        if (!again.isEmpty()) {
            var piece = again.pollFirstEntry().getValue();
            if (piece.length() > bytes) {
                lost(address.piece(piece.position() + bytes, piece.length() - bytes));
                piece = address.piece(piece.position(), bytes);
            }
            return Optional.of(piece);
        }
        if (stretch == stretches.size()) {
            return Optional.empty();
        }
        long end = stretches.get(stretch).to();
        var piece = address.piece(at, (int) Math.min(bytes, end - at));
        at = piece.end();
        if (at == end && ++stretch < stretches.size()) {
            at = stretches.get(stretch).from();
        }
        return Optional.of(piece);
    }

    /** The piece that a chunk brings; empty when it names no place in the file. */
    Optional<Piece> piece(ChunkFrame chunk) {
        long position = address.position(chunk.block(), chunk.offset());
        return position < 0
                ? Optional.empty()
                : Optional.of(address.piece(position, chunk.content().remaining()));
    }

    /** A piece has to be asked for once more. */
    void lost(Piece piece) {
        again.put(piece.position(), piece);
    }

    /** A piece that was given up came after all; false when it was not awaited. */
    boolean found(Piece piece) {
        return again.remove(piece.position(), piece);
    }
}
