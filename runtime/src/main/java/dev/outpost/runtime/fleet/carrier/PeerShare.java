package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.time.Duration;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Tells the peers of the site what this device holds: whole files, and of a file that is arriving the blocks that are
 * durable. Says it when something changed, at most once in {@code pause} for each file, and again after {@code repeat} for
 * those who came later. One thread of its own.
 */
public final class PeerShare implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PeerShare.class.getName());

    private record Said(BitSet blocks, long at) {}

    private final MqttPort site;
    private final TopicPlan own;
    private final String address;
    private final BlockSourceBook book;
    private final Supplier<List<ContentDigest>> files;
    private final Duration pause;
    private final Duration repeat;
    private final Map<ContentDigest, Said> said = new HashMap<>();
    private final Semaphore changed = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closed;

    /**
     * Announces from now on.
     *
     * @param address {@code host:port} of this device's {@code BlockServer}, as peers reach it
     * @param book what that server gives
     * @param files what to speak of: the active file and the one that is arriving; asked on this class's thread
     * @param pause least time between two words on one file
     * @param repeat most time
     */
    public PeerShare(MqttPort site, TopicPlan own, String address, BlockSourceBook book,
            Supplier<List<ContentDigest>> files, Duration pause, Duration repeat) {
        this.site = site;
        this.own = own;
        this.address = address;
        this.book = book;
        this.files = files;
        this.pause = pause;
        this.repeat = repeat;
        site.onConnected(this::startOver);
        this.thread = Thread.ofPlatform().daemon().name("peer-share").start(this::run);
    }

    /** Something was added: peers hear of it as soon as the pause allows. Any thread. */
    public void changed() {
        if (changed.availablePermits() == 0) {
            changed.release();
        }
    }

    @Override
    public void close() {
        closed = true;
        changed.release();
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (changed.tryAcquire(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    changed.drainPermits();
                }
                if (!closed && site.status().state() == LinkStatus.State.CONNECTED) {
                    announce();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "what is held could not be announced", e);
            }
        }
    }

    private synchronized void startOver() {
        said.clear();
        changed();
    }

    private synchronized void announce() {
        var wanted = files.get();
        said.keySet().retainAll(wanted);
        for (var digest : wanted) {
            var before = said.get(digest);
            long age = before == null ? Long.MAX_VALUE : System.nanoTime() - before.at();
            if (age >= pause.toNanos()) {
                announce(digest, before, age);
            }
        }
    }

    private void announce(ContentDigest digest, Said before, long age) {
        var view = book.file(digest);
        if (view.isEmpty()) {
            return;
        }
        try (var file = view.get()) {
            var held = file.held();
            if (before != null && before.blocks().equals(held) && age < repeat.toNanos()) {
                return;
            }
            var have = new PeerHave(own.device(), address, digest, held, file.blocks().count());
            site.publish(MqttOutgoing.of(own.shared("_peer/" + own.device() + "/have"), have.encode(), 0, false));
            said.put(digest, new Said(held, System.nanoTime()));
        }
    }
}
