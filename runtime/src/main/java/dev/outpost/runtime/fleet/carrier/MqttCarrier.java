package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Kind;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Blocks and documents over a broker: the device pulls, chunks come at QoS 0 and are asked for again when they do not
 * come, so nothing depends on a queue of the broker. At most a window (1 MiB) is on the way, and as much again and one
 * block in memory. One thread, but for {@link #counters}.
 */
public final class MqttCarrier implements Carrier {
    private final MqttPort link;
    private final TopicPlan topics;
    private final MqttCarrierSettings settings;
    private final PullSession session;
    private final ChunkInbox inbox = new ChunkInbox();

    /**
     * Subscribes to this device's chunks.
     *
     * @param link the link to the fleet, or one of its own
     * @param topics this device
     */
    public MqttCarrier(MqttPort link, TopicPlan topics, MqttCarrierSettings settings) {
        this.link = link;
        this.topics = topics;
        this.settings = settings;
        this.session = new PullSession(settings);
        link.subscribe(topics.own("xfer/+/chunk"), 0, inbox::arrived);
    }

    @Override
    public String name() {
        return "mqtt";
    }

    @Override
    public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
        if (bytes < 0 || bytes > BlockList.MAX_ENCODED_BYTES) {
            throw new CarrierFailedException("document is too long: bytes=" + bytes, null);
        }
        var taker = new DocumentTaker(ByteBuffer.allocate(bytes));
        pull(new Pull.Job(Kind.DOCUMENT, digest, PullPlan.document(bytes), taker, Optional.empty()));
        return Fetched.document(taker.content().array(), digest);
    }

    @Override
    public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
        if (order.wanted().isEmpty()) {
            return;
        }
        var assembly = new BlockAssembly(order.blocks(), order.wanted(), sink);
        session.resume(order.file(), order.wanted().getFirst()).ifPresent(assembly::resume);
        try {
            pull(new Pull.Job(Kind.BLOCKS, order.file(),
                    PullPlan.blocks(order.blocks(), order.wanted(), assembly.position()), assembly,
                    Optional.of(order.rate())));
        } finally {
            assembly.current().ifPresent(block -> session.keep(order.file(), block, assembly.unfinished()));
        }
    }

    /** What was pulled so far. Any thread. */
    public PullCounters counters() {
        return session.counters();
    }

    private void pull(Pull.Job job) throws CarrierFailedException {
        new Pull(link, topics, settings, session, inbox, job).run();
    }

    private record DocumentTaker(ByteBuffer content) implements Pull.Taker {
        @Override
        public long position() {
            return content.position();
        }

        @Override
        public boolean done() {
            return !content.hasRemaining();
        }

        @Override
        public boolean take(ByteBuffer part) {
            content.put(part.limit(part.position() + Math.min(part.remaining(), content.remaining())));
            return true;
        }
    }
}
