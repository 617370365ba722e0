package dev.outpost.runtime;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** Hands over one block and holds the next until it is told to go on. */
final class PausedCarrier implements Carrier {
    private final Carrier files;
    private final CountDownLatch go = new CountDownLatch(1);
    private final AtomicInteger blocks = new AtomicInteger();

    PausedCarrier(SignedModels.Tiny model) {
        files = model.carrier();
    }

    void awaitBlocks(int count) throws InterruptedException {
        SwapDevice.until(() -> blocks.get() >= count, () -> "blocks=" + blocks);
    }

    void release() {
        go.countDown();
    }

    @Override
    public String name() {
        return "paused";
    }

    @Override
    public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
        return files.document(digest, bytes);
    }

    @Override
    public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
        files.blocks(order, (block, content) -> {
            BlockSink.Verdict verdict = sink.block(block, content);
            if (blocks.incrementAndGet() == 1) {
                await();
            }
            return verdict;
        });
    }

    private void await() {
        try {
            go.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
