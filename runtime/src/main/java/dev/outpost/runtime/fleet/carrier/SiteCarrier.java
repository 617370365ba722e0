package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A carrier from afar, used so that each block comes to the site once: what a peer holds is taken from the peer; of the rest
 * this device fetches its share, which all devices at work on the file compute alike (rendezvous hashing of device and
 * stretch); what is another's share is waited for as long as something comes. A device alone fetches everything. One
 * thread.
 */
public final class SiteCarrier implements Carrier {
    /** Blocks that are one device's share together. */
    private static final int STRETCH = 16;
    /** Blocks that a device without rivals fetches before it looks again. */
    private static final int ALONE = 256;
    private static final long LOOK_MILLIS = 50;

    private final PeerCarrier peers;
    private final Carrier far;
    private final String device;
    private final Runnable changed;
    private final Duration patience;
    private Optional<ContentDigest> current = Optional.empty();
    private long since;

    /**
     * @param far fetches what no peer holds
     * @param device this device's id
     * @param changed told after each fetch, to announce it; see {@link PeerShare#changed}
     * @param patience how long to wait for a peer's share while nothing comes; a tenth of it before a file's first block
     */
    public SiteCarrier(PeerCarrier peers, Carrier far, String device, Runnable changed, Duration patience) {
        this.peers = peers;
        this.far = far;
        this.device = device;
        this.changed = changed;
        this.patience = patience;
    }

    @Override
    public String name() {
        return far.name();
    }

    @Override
    public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
        try {
            return peers.document(digest, bytes);
        } catch (CarrierFailedException noPeer) {
            return far.document(digest, bytes);
        }
    }

    @Override
    public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
        var remaining = new RemainingBlocks(order, sink);
        changed.run();
        settle(order.file());
        while (true) {
            peers.blocks(remaining.order(), remaining);
            var wanted = remaining.wanted();
            boolean progress = wanted.size() < order.wanted().size();
            if (progress) {
                since = System.nanoTime();
            }
            if (wanted.isEmpty() || remaining.stopped()) {
                return;
            }
            boolean patient = System.nanoTime() - since < patience.toNanos();
            var share = share(order, wanted, !patient);
            if (!share.isEmpty()) {
                far.blocks(remaining.order(share), remaining);
                if (patient) {
                    since = System.nanoTime();
                }
                return;
            }
            if (progress) {
                // What came becomes durable and is announced before this device waits for more.
                return;
            }
            look();
        }
    }

    /** Before the first block of a file those who begin at the same time hear of each other. */
    private void settle(ContentDigest file) throws CarrierFailedException {
        if (!current.equals(Optional.of(file))) {
            current = Optional.of(file);
            since = System.nanoTime();
            while (System.nanoTime() - since < patience.toNanos() / 10) {
                look();
            }
        }
    }

    /** The next blocks to fetch from afar; empty while only others' shares are left. */
    private List<Integer> share(BlockOrder order, List<Integer> wanted, boolean others) {
        var rivals = peers.peers(order.file(), order.blocks().count()).stream()
                .filter(peer -> peer.blocks().cardinality() < peer.count()).map(PeerHave::device).toList();
        if (rivals.isEmpty()) {
            return wanted.subList(0, Math.min(ALONE, wanted.size()));
        }
        var share = new ArrayList<Integer>();
        for (int block : wanted) {
            int stretch = block / STRETCH;
            boolean next = share.isEmpty() || share.getFirst() / STRETCH == stretch;
            if (next && (others || ours(rivals, order.file(), stretch))) {
                share.add(block);
            }
        }
        return share;
    }

    private boolean ours(List<String> rivals, ContentDigest file, int stretch) {
        long own = weight(device, file, stretch);
        return rivals.stream().allMatch(rival -> weight(rival, file, stretch) < own);
    }

    /** A number that every device computes alike (the finaliser of MurmurHash3 over the words' hash). */
    private static long weight(String device, ContentDigest file, int stretch) {
        long hash = device.hashCode() * 0x9E3779B97F4A7C15L ^ file.hex().hashCode() ^ (long) stretch << 32;
        hash = (hash ^ hash >>> 33) * 0xFF51AFD7ED558CCDL;
        hash = (hash ^ hash >>> 33) * 0xC4CEB9FE1A85EC53L;
        return hash ^ hash >>> 33;
    }

    private static void look() throws CarrierFailedException {
        try {
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarrierFailedException("interrupted", e);
        }
    }
}
