package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.stage.RateLimit;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/**
 * Blocks from other devices of the site: learns from their announcements who holds what, asks a random one of those that
 * hold the first missing stretch, by byte ranges over mutual TLS. A peer is never trusted: its blocks are checked here
 * before they are handed on, and one that sends wrong bytes is left alone for an hour. The bandwidth limit is the wide
 * area's and does not apply. One thread, but for announcements.
 */
public final class PeerCarrier implements Carrier, AutoCloseable {
    /** Most blocks taken from one peer before another is drawn. */
    private static final int STRETCH = 32;
    private static final int DOCUMENT_PEERS = 3;

    private final Supplier<SSLContext> tls;
    private final PeerCarrierSettings settings;
    private final RandomGenerator random;
    private final PeerBook book;
    private Optional<RangeClient> client = Optional.empty();
    private Optional<SSLContext> context = Optional.empty();

    /**
     * Subscribes to the announcements.
     *
     * @param site link {@code site}, or {@code fleet} where there is no other
     * @param own this device, which does not ask itself
     * @param tls this device's certificate, and trust in the site's authority whatever the address
     */
    public PeerCarrier(MqttPort site, TopicPlan own, Supplier<SSLContext> tls, PeerCarrierSettings settings,
            RandomGenerator random) {
        this.tls = tls;
        this.settings = settings;
        this.random = random;
        this.book = new PeerBook(own, settings.lifetime());
        site.subscribe(own.shared("_peer/+/have"), 0, book::arrived);
    }

    @Override
    public String name() {
        return "peer";
    }

    @Override
    public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
        var peers = new ArrayList<>(book.all());
        Collections.shuffle(peers, java.util.Random.from(random));
        for (var peer : peers.subList(0, Math.min(DOCUMENT_PEERS, peers.size()))) {
            try {
                return Fetched.document(client().document(address(peer), digest, bytes), digest);
            } catch (IOException e) {
                // Most peers do not have most documents: no reason to leave this one alone.
            } catch (InterruptedException e) {
                throw interrupted(e);
            }
        }
        throw new CarrierFailedException("no peer has it: digest=" + digest.brief(), null);
    }

    @Override
    public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
        var remaining = new RemainingBlocks(order, sink);
        while (!remaining.stopped()) {
            var wanted = remaining.wanted();
            var peers = book.peers(order.file(), order.blocks().count());
            var choice = choose(peers, wanted);
            if (choice.isEmpty()) {
                return;
            }
            fetch(choice.get(), remaining);
        }
    }

    /** Which blocks some peer holds at the moment. */
    BitSet held(ContentDigest file, int count) {
        var held = new BitSet();
        book.peers(file, count).forEach(peer -> held.or(peer.blocks()));
        return held;
    }

    /** The peers that work on this file at the moment. */
    List<PeerHave> peers(ContentDigest file, int count) {
        return book.peers(file, count);
    }

    @Override
    public void close() {
        client.ifPresent(RangeClient::close);
        client = Optional.empty();
    }

    private record Choice(PeerHave peer, List<Integer> blocks) {}

    /** The first wanted block that anybody holds, a random one of those who do, and what else it holds right behind. */
    private Optional<Choice> choose(List<PeerHave> peers, List<Integer> wanted) {
        for (int i = 0; i < wanted.size(); i++) {
            int block = wanted.get(i);
            var holders = peers.stream().filter(peer -> peer.blocks().get(block)).toList();
            if (!holders.isEmpty()) {
                var peer = holders.get(random.nextInt(holders.size()));
                var held = peer.blocks();
                int end = i;
                while (end < wanted.size() && end - i < STRETCH && held.get(wanted.get(end))) {
                    end++;
                }
                return Optional.of(new Choice(peer, wanted.subList(i, end)));
            }
        }
        return Optional.empty();
    }

    private void fetch(Choice choice, RemainingBlocks remaining) throws CarrierFailedException {
        var order = remaining.order(choice.blocks());
        var unlimited = new BlockOrder(order.file(), order.blocks(), order.wanted(),
                new RateLimit(0, System::nanoTime));
        var check = new Check(choice.peer().device(), order, remaining);
        try {
            client().blocks(address(choice.peer()), unlimited, check);
        } catch (IOException e) {
            book.ban(choice.peer().device(), settings.banFailed());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Hands on what is right; the first wrong block ends it. */
    private final class Check implements BlockSink {
        private final String peer;
        private final BlockOrder order;
        private final BlockSink next;

        Check(String peer, BlockOrder order, BlockSink next) {
            this.peer = peer;
            this.order = order;
            this.next = next;
        }

        @Override
        public Verdict block(int block, ByteBuffer content) {
            if (!order.blocks().matches(block, content)) {
                book.ban(peer, settings.banLied());
                return Verdict.STOP;
            }
            return next.block(block, content);
        }
    }

    private URI address(PeerHave peer) throws IOException {
        try {
            return URI.create(settings.scheme() + "://" + peer.address());
        } catch (IllegalArgumentException e) {
            book.ban(peer.device(), settings.banFailed());
            throw new IOException("address is malformed: device=" + peer.device(), e);
        }
    }

    private RangeClient client() {
        var now = settings.scheme().equals("https") ? Optional.of(tls.get()) : context;
        if (client.isEmpty() || !now.equals(context)) {
            close();
            context = now;
            client = Optional.of(new RangeClient(context, settings.range()));
        }
        return client.get();
    }

    private static CarrierFailedException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new CarrierFailedException("interrupted", cause);
    }
}
