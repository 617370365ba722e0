package dev.outpost.provisioning.stage;

import java.nio.ByteBuffer;

/** Takes whole blocks from a carrier. */
public interface BlockSink {
    /** What became of a block. */
    enum Verdict {
        /** Verified and kept; go on. */
        TAKEN,
        /** Not the signed bytes; nothing kept; go on. */
        BAD,
        /** Stop now: enough, too many bad blocks, too slow, or the transfer was called off. */
        STOP
    }

    /**
     * Hands over one block.
     *
     * @param block its index
     * @param content its bytes; borrowed until the call returns
     */
    Verdict block(int block, ByteBuffer content);
}
