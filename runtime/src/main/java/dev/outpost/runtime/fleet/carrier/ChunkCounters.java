package dev.outpost.runtime.fleet.carrier;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/** What the answering side counts. Any thread. */
public final class ChunkCounters {
    private final AtomicLong requests = new AtomicLong();
    private final AtomicLong chunks = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLongArray ignored = new AtomicLongArray(Ignored.values().length);

    ChunkCounters() {}

    void requested() {
        requests.incrementAndGet();
    }

    void sent(int length) {
        chunks.incrementAndGet();
        bytes.addAndGet(length);
    }

    void ignored(Ignored why) {
        ignored.incrementAndGet(why.ordinal());
    }

    /** Requests that arrived. */
    public long requests() {
        return requests.get();
    }

    /** Chunks sent. */
    public long chunks() {
        return chunks.get();
    }

    /** Bytes of content sent. */
    public long bytes() {
        return bytes.get();
    }

    /** What was not answered, by reason. */
    public Map<Ignored, Long> ignored() {
        var counts = new EnumMap<Ignored, Long>(Ignored.class);
        for (var why : Ignored.values()) {
            counts.put(why, ignored.get(why.ordinal()));
        }
        return counts;
    }
}
