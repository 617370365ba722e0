package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.RolloutConditions;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * What this device knows when a rollout asks: the time that a fresh answer proved in this boot, how long nobody asked the
 * model anything, and on how many devices like this a release failed. Any thread.
 */
public final class FleetConditions implements RolloutConditions {
    private static final int MOST_RELEASES = 8;
    private static final int MOST_DEVICES = 4_096;

    private record Proven(Instant time, long nanos) {}

    private final LongSupplier idleNanos;
    private final LongSupplier nanoClock;
    private final Map<ContentDigest, Set<String>> failed = new LinkedHashMap<>();
    private volatile Optional<Proven> proven = Optional.empty();

    /** @param idleNanos nanoseconds since the last inference */
    public FleetConditions(LongSupplier idleNanos) {
        this(idleNanos, System::nanoTime);
    }

    FleetConditions(LongSupplier idleNanos, LongSupplier nanoClock) {
        this.idleNanos = idleNanos;
        this.nanoClock = nanoClock;
    }

    @Override
    public Optional<Instant> trustedNow() {
        return proven.map(then -> then.time().plusNanos(nanoClock.getAsLong() - then.nanos()));
    }

    @Override
    public long idleMinutes() {
        return Duration.ofNanos(idleNanos.getAsLong()).toMinutes();
    }

    @Override
    public synchronized int failures(ContentDigest release) {
        return failed.getOrDefault(release, Set.of()).size();
    }

    /** A fresh answer said what time it is. */
    void provenTime(Instant time) {
        proven = Optional.of(new Proven(time, nanoClock.getAsLong()));
    }

    /**
     * A release failed on a device of this profile.
     *
     * @param device its id, or a short digest of it
     * @return whether that was news
     */
    synchronized boolean failed(ContentDigest release, String device) {
        if (!failed.containsKey(release) && failed.size() >= MOST_RELEASES) {
            failed.remove(failed.keySet().iterator().next());
        }
        Set<String> devices = failed.computeIfAbsent(release, any -> new LinkedHashSet<>());
        return devices.size() < MOST_DEVICES && devices.add(device);
    }

    /** All that failed, oldest release first. */
    synchronized Map<ContentDigest, Set<String>> failures() {
        var copy = new LinkedHashMap<ContentDigest, Set<String>>();
        failed.forEach((release, devices) -> copy.put(release, Set.copyOf(devices)));
        return Collections.unmodifiableMap(copy);
    }
}
