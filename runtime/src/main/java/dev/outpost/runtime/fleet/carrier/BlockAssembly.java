package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Makes whole blocks of bytes that come in order, and hands each on at once; a block that lies whole in one chunk is not
 * copied. One thread.
 */
final class BlockAssembly implements Pull.Taker {
    private final BlockList blocks;
    private final List<Integer> wanted;
    private final BlockSink sink;
    private final ByteBuffer partial = ByteBuffer.allocate(BlockSizes.LIMIT);
    private int next;

    BlockAssembly(BlockList blocks, List<Integer> wanted, BlockSink sink) {
        this.blocks = blocks;
        this.wanted = wanted;
        this.sink = sink;
    }

    /** The place in the file of the next byte; the file's length when all is done. */
    @Override
    public long position() {
        return done() ? blocks.fileBytes() : blocks.offset(wanted.get(next)) + partial.position();
    }

    @Override
    public boolean done() {
        return next == wanted.size();
    }

    /** Takes the bytes from {@link #position()} on; returns false when the sink said stop. */
    @Override
    public boolean take(ByteBuffer content) {
        while (content.hasRemaining() && !done()) {
            int block = wanted.get(next);
            int missing = blocks.length(block) - partial.position();
            ByteBuffer part = content.slice(content.position(), Math.min(missing, content.remaining()));
            content.position(content.position() + part.remaining());
            if (partial.position() > 0 || part.remaining() < missing) {
                partial.put(part);
                if (partial.position() < blocks.length(block)) {
                    return true;
                }
                part = partial.flip();
            }
            next++;
            var verdict = sink.block(block, part);
            partial.clear();
            if (verdict == BlockSink.Verdict.STOP) {
                return false;
            }
        }
        return true;
    }

    /** The block that comes next; empty when all is done. */
    Optional<Integer> current() {
        return done() ? Optional.empty() : Optional.of(wanted.get(next));
    }

    /** Bytes of the block that is not whole yet; a copy, for {@link #resume}. */
    byte[] unfinished() {
        byte[] bytes = new byte[partial.position()];
        partial.get(0, bytes);
        return bytes;
    }

    /** Begins with bytes that an earlier session brought of the first wanted block. */
    void resume(byte[] bytes) {
        partial.put(bytes);
    }
}
