package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.store.ContentDigest;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** What a carrier remembers from one fetch to the next: numbers, pace, and the block it had half of. One thread. */
final class PullSession {
    private static final int LEAST_AFTER_CUTS = 32 << 10;
    private static final long CLEAN_BYTES = 64 << 20;

    /** The first part of a block that was cut off. */
    record Unfinished(ContentDigest file, int block, byte[] bytes) {}

    private final FlightWindow window;
    private int transfer = ThreadLocalRandom.current().nextInt(1 << 16);
    private int epoch = ThreadLocalRandom.current().nextInt(1 << 20);
    private Optional<ContentDigest> digest = Optional.empty();
    private Optional<Unfinished> unfinished = Optional.empty();
    private int halvings;
    private long clean;
    private volatile PullCounters counters = PullCounters.NONE;

    PullSession(MqttCarrierSettings settings) {
        this.window = new FlightWindow(settings);
    }

    FlightWindow window() {
        return window;
    }

    int transfer() {
        return transfer;
    }

    int epoch() {
        return epoch;
    }

    /** Starts a session: a call, or the same one over a new connection. */
    void next(ContentDigest of) {
        if (!digest.equals(Optional.of(of))) {
            digest = Optional.of(of);
            transfer = transfer + 1 & 0xFFFF;
        }
        epoch++;
        counters = counters.session();
    }

    /** The link broke: shorter chunks lose less the next time. */
    void cut() {
        halvings++;
        clean = 0;
    }

    /** The chunk to ask for where {@code most} is what the broker takes. */
    int chunkBytes(int most) {
        int bytes = most;
        for (int i = 0; i < halvings && bytes / 2 >= LEAST_AFTER_CUTS; i++) {
            bytes /= 2;
        }
        return bytes;
    }

    void used(int bytes) {
        counters = counters.used(bytes);
        clean += bytes;
        if (clean >= CLEAN_BYTES) {
            clean = 0;
            halvings = Math.clamp(halvings - 1, 0, 1);
        }
    }

    /** Takes what was kept of a block, if it is this one. */
    Optional<byte[]> resume(ContentDigest file, int block) {
        var kept = unfinished.filter(part -> part.file().equals(file) && part.block() == block);
        unfinished = Optional.empty();
        return kept.map(Unfinished::bytes);
    }

    void keep(ContentDigest file, int block, byte[] bytes) {
        unfinished = bytes.length == 0 ? Optional.empty() : Optional.of(new Unfinished(file, block, bytes));
    }

    PullCounters counters() {
        return counters;
    }

    void count(PullCounters now) {
        counters = now;
    }
}
