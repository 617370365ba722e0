package dev.outpost.runtime.sparkplug;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.sparkplug.Packet.Seen;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Everything all brokers saw, in order. Any thread. */
final class Tape {

    private final List<Seen> seen = new ArrayList<>();

    synchronized void note(String broker, String client, Packet packet) {
        seen.add(new Seen(seen.size(), System.nanoTime(), broker, client, packet));
        notifyAll();
    }

    /** What one client did. */
    synchronized EdgeRecord of(String client) {
        return new EdgeRecord(seen.stream().filter(each -> each.client().equals(client)).toList());
    }

    /** Waits until the record of {@code client} is as wanted. */
    synchronized EdgeRecord await(String what, String client, Predicate<EdgeRecord> wanted) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!wanted.test(of(client))) {
            assertTrue(System.nanoTime() < deadline,
                    () -> "not seen within 20 s: " + what + "; seen: " + of(client));
            try {
                wait(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
        return of(client);
    }
}
