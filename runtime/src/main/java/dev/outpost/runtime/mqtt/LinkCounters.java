package dev.outpost.runtime.mqtt;

import java.util.concurrent.atomic.AtomicLong;

/** What a link counts over all its connections. */
record LinkCounters(AtomicLong bytesIn, AtomicLong bytesOut, AtomicLong attempts, AtomicLong connects,
        AtomicLong dropped) {

    LinkCounters() {
        this(new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong(), new AtomicLong());
    }
}
