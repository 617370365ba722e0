package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.List;

/** Remembers which blocks of an order were handed over, so that another source can bring the rest. One thread. */
final class RemainingBlocks implements BlockSink {
    private final BlockOrder order;
    private final BlockSink sink;
    private final BitSet done = new BitSet();
    private boolean stopped;

    RemainingBlocks(BlockOrder order, BlockSink sink) {
        this.order = order;
        this.sink = sink;
    }

    @Override
    public Verdict block(int block, ByteBuffer content) {
        done.set(block);
        var verdict = sink.block(block, content);
        stopped |= verdict == Verdict.STOP;
        return verdict;
    }

    boolean stopped() {
        return stopped;
    }

    /** Blocks not handed over yet, ascending. */
    List<Integer> wanted() {
        return order.wanted().stream().filter(block -> !done.get(block)).toList();
    }

    /** The rest of the order. */
    BlockOrder order() {
        return order(wanted());
    }

    /** A part of the order. */
    BlockOrder order(List<Integer> some) {
        return new BlockOrder(order.file(), order.blocks(), some, order.rate());
    }
}
