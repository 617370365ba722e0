package dev.outpost.runtime.admission;

import dev.outpost.engine.RequestClass;
import dev.outpost.runtime.admission.AdmissionRefusedException.Reason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts the requests in flight, running and waiting alike, and refuses what goes beyond the bounds.
 *
 * <p>Each class has its own bound, so a flood of one class never takes the places of another. Within a class one
 * client may hold at most three quarters of the places, so that a second client is not shut out by the first. All
 * state is guarded by this object; no call blocks save {@link #awaitIdle}.
 */
public final class Admission {

    private final int placesPerClass;
    private final int placesPerClient;
    private final Map<RequestClass, Integer> inFlight = new EnumMap<>(RequestClass.class);
    private final Map<RequestClass, Map<String, Integer>> shares = new EnumMap<>(RequestClass.class);
    private boolean draining;

    /**
     * @param slots requests the engine runs at once
     * @param queueLimit requests of one class that may wait beyond those
     */
    public Admission(int slots, int queueLimit) {
        this.placesPerClass = Math.addExact(slots, queueLimit);
        this.placesPerClient = placesPerClass - placesPerClass / 4;
        for (RequestClass each : RequestClass.values()) {
            inFlight.put(each, 0);
            shares.put(each, new HashMap<>());
        }
    }

    /** Places one client may hold in one class: more choices than this can never be admitted at once. */
    public int placesPerClient() {
        return placesPerClient;
    }

    /**
     * @param places number of generations the request starts
     * @throws AdmissionRefusedException at once, if there is no room
     */
    public synchronized Permit admit(RequestClass requestClass, String client, int places) {
        if (draining) {
            throw new AdmissionRefusedException(Reason.DRAINING, "server is draining: no new requests are started");
        }
        int held = inFlight.get(requestClass);
        if (held + places > placesPerClass) {
            throw new AdmissionRefusedException(Reason.QUEUE_FULL,
                    "queue is full: class=" + word(requestClass) + ", limit=" + placesPerClass + ", found=" + held);
        }
        int share = shares.get(requestClass).getOrDefault(client, 0);
        if (share + places > placesPerClient) {
            throw new AdmissionRefusedException(Reason.CLIENT_SHARE_FULL, "client holds its share of the queue: class="
                    + word(requestClass) + ", limit=" + placesPerClient + ", found=" + share);
        }
        inFlight.put(requestClass, held + places);
        shares.get(requestClass).put(client, share + places);
        return new Permit(this, requestClass, client, places);
    }

    /** Generations of a class in flight. */
    public synchronized int inFlight(RequestClass requestClass) {
        return inFlight.get(requestClass);
    }

    /** Refuses everything from now on; what is in flight goes on. */
    public synchronized void drain() {
        draining = true;
    }

    public synchronized boolean draining() {
        return draining;
    }

    /** @return true once nothing is in flight, false after {@code timeout} */
    public synchronized boolean awaitIdle(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        while (total() > 0) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }

    synchronized void release(RequestClass requestClass, String client, int places) {
        inFlight.merge(requestClass, -places, Integer::sum);
        shares.get(requestClass).computeIfPresent(client, (_, share) -> share > places ? share - places : null);
        notifyAll();
    }

    private int total() {
        return inFlight.values().stream().mapToInt(Integer::intValue).sum();
    }

    private static String word(RequestClass requestClass) {
        return requestClass.name().toLowerCase(java.util.Locale.ROOT);
    }
}
