package dev.outpost.runtime.fleet.hub;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What a hub did since it started, and what it would not do. Any thread. */
public final class HubCounters {

    /** What is counted. */
    public enum Count {
        /** Telemetry records handed to the disk; repeated ones count again. */
        RECORDS,
        /** Telemetry messages that came while too many waited; their devices send them again. */
        OVERFLOWS,
        /** Messages that are not what their topic says. */
        MALFORMED,
        /** Messages of devices that were never enrolled, or were revoked. */
        STRANGERS,
        /** Signed messages whose signature, chain or name does not hold. */
        UNTRUSTED,
        /** Certificates issued. */
        CERTIFICATES,
        /** Certificate requests refused. */
        REFUSED_REQUESTS,
        /** Freshness answers signed. */
        FRESHNESS,
        /** Desired documents published. */
        PUBLISHED,
        /** Commands sent. */
        COMMANDS,
        /** Times the database did not take what it was given. */
        DATABASE_FAULTS
    }

    private final Map<Count, AtomicLong> counts = new EnumMap<>(Count.class);

    HubCounters() {
        for (var count : Count.values()) {
            counts.put(count, new AtomicLong());
        }
    }

    void add(Count count) {
        add(count, 1);
    }

    void add(Count count, long more) {
        counts.get(count).addAndGet(more);
    }

    public long get(Count count) {
        return counts.get(count).get();
    }
}
