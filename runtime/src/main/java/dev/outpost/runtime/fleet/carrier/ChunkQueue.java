package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Kind;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Range;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits to be answered: one line a device, bounded, and the devices take turns range by range. Any thread.
 */
final class ChunkQueue {
    /** A range to be answered. */
    record Work(TopicPlan device, int transfer, long epoch, Kind kind, ContentDigest digest, int chunkBytes,
            Range range, long askedAt) {
        boolean sameAs(Work other) {
            return transfer == other.transfer && epoch == other.epoch && kind == other.kind
                    && range.equals(other.range) && digest.equals(other.digest);
        }
    }

    private static final class Line {
        private final ArrayDeque<Work> works = new ArrayDeque<>();
        private long bytes;
    }

    private final ChunkServiceSettings settings;
    private final ChunkCounters counters;
    private final LinkedHashMap<TopicPlan, Line> lines = new LinkedHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();

    ChunkQueue(ChunkServiceSettings settings, ChunkCounters counters) {
        this.settings = settings;
        this.counters = counters;
    }

    /** Lines a request up; never blocks for long. */
    void offer(TopicPlan device, ChunkRequest request, long now) {
        lock.lock();
        try {
            if (!lines.containsKey(device) && lines.size() >= settings.devicesAtOnce()) {
                counters.ignored(Ignored.TOO_MUCH);
                return;
            }
            var line = lines.computeIfAbsent(device, absent -> new Line());
            forgetOlder(line, request);
            for (var range : request.ranges()) {
                offer(line, new Work(device, request.transfer(), request.epoch(), request.kind(), request.digest(),
                        request.chunkBytes(), range, now));
            }
            if (line.works.isEmpty()) {
                lines.remove(device);
            }
            filled.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The next range, of the device whose turn it is; empty when none comes in time. */
    Optional<Work> take(long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (lines.isEmpty() && left > 0) {
                left = filled.awaitNanos(left);
            }
            while (!lines.isEmpty()) {
                var entry = lines.pollFirstEntry();
                var line = entry.getValue();
                var work = line.works.poll();
                line.bytes -= work.range().length();
                if (!line.works.isEmpty()) {
                    lines.putLast(entry.getKey(), line);
                }
                if (System.nanoTime() - work.askedAt() <= settings.lifetime().toNanos()) {
                    return Optional.of(work);
                }
                counters.ignored(Ignored.EXPIRED);
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Puts the rest of a range back at the head of its device's line, which has its turn last. */
    void putBack(Work rest) {
        lock.lock();
        try {
            var line = lines.getOrDefault(rest.device(), new Line());
            boolean over = line.works.stream()
                    .anyMatch(work -> work.transfer() == rest.transfer() && work.epoch() > rest.epoch());
            if (over) {
                counters.ignored(Ignored.SUPERSEDED);
            } else {
                line.works.addFirst(rest);
                line.bytes += rest.range().length();
                lines.put(rest.device(), line);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything: whoever still waits asks again. */
    void clear() {
        lock.lock();
        try {
            lines.clear();
        } finally {
            lock.unlock();
        }
    }

    private void offer(Line line, Work work) {
        if (line.works.stream().anyMatch(work::sameAs)) {
            counters.ignored(Ignored.REPEATED);
        } else if (line.bytes + work.range().length() > settings.bytesPerDevice()) {
            counters.ignored(Ignored.TOO_MUCH);
        } else {
            line.works.add(work);
            line.bytes += work.range().length();
        }
    }

    private void forgetOlder(Line line, ChunkRequest request) {
        line.works.removeIf(work -> {
            boolean older = work.transfer() == request.transfer() && work.epoch() < request.epoch();
            if (older) {
                line.bytes -= work.range().length();
                counters.ignored(Ignored.SUPERSEDED);
            }
            return older;
        });
    }
}
