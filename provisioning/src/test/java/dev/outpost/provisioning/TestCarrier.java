package dev.outpost.provisioning;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A carrier over files in memory that counts what it delivers, may break off after some blocks, and may lie. */
public final class TestCarrier implements Carrier {
    private final String name;
    private final Map<ContentDigest, byte[]> objects = new HashMap<>();
    private final Set<ContentDigest> taken = new HashSet<>();
    private int blocksUntilCut = Integer.MAX_VALUE;
    private boolean lies;
    private long delivered;
    private int deliveredAgain;

    /** @param name for reports */
    public TestCarrier(String name) {
        this.name = name;
    }

    /** Offers a file and its block list. */
    public TestCarrier offers(byte[] file, BlockList blocks) {
        objects.put(ContentDigest.of(file), file);
        objects.put(blocks.digest(), blocks.encode());
        return this;
    }

    /** The link breaks after so many blocks, once. */
    public void cutAfter(int blocks) {
        blocksUntilCut = blocks;
    }

    /** From now on every block has one wrong byte. */
    public void lie() {
        lies = true;
    }

    /** Bytes handed over so far. */
    public long deliveredBytes() {
        return delivered;
    }

    /** Blocks handed over again after they were taken. */
    public int deliveredAgain() {
        return deliveredAgain;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
        byte[] object = objects.get(digest);
        if (object == null) {
            throw new CarrierFailedException("not here", null);
        }
        return object.clone();
    }

    @Override
    public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
        byte[] file = objects.get(order.file());
        if (file == null) {
            throw new CarrierFailedException("not here", null);
        }
        for (int block : order.wanted()) {
            if (blocksUntilCut-- <= 0) {
                blocksUntilCut = Integer.MAX_VALUE;
                throw new CarrierFailedException("link cut", null);
            }
            int length = order.blocks().length(block);
            byte[] content = new byte[length];
            System.arraycopy(file, (int) order.blocks().offset(block), content, 0, length);
            content[0] ^= (byte) (lies ? 1 : 0);
            delivered += length;
            ContentDigest digest = order.blocks().digest(block);
            deliveredAgain += taken.contains(digest) ? 1 : 0;
            BlockSink.Verdict verdict = sink.block(block, ByteBuffer.wrap(content));
            if (verdict != BlockSink.Verdict.BAD && !lies) {
                taken.add(digest);
            }
            if (verdict == BlockSink.Verdict.STOP) {
                return;
            }
        }
    }
}
