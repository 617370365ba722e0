package dev.outpost.engine.schedule;

import java.util.HashMap;
import java.util.Map;

/**
 * Rows computed for each client that waits or runs: the client with the fewest comes next (start-time fair queueing:
 * Goyal, Vin, Cheng, 1996). A client that comes anew starts level with the least served one present, so that absence
 * earns no credit. Clients that are gone are forgotten. Scheduler thread only.
 */
final class ClientShares {

    private static final class Share {
        private long served;
        private int present;
    }

    private final Map<String, Share> shares = new HashMap<>();

    void enter(String client) {
        Share share = shares.get(client);
        if (share == null) {
            share = new Share();
            share.served = shares.values().stream().mapToLong(other -> other.served).min().orElse(0);
            shares.put(client, share);
        }
        share.present++;
    }

    void leave(String client) {
        if (--shares.get(client).present == 0) {
            shares.remove(client);
        }
    }

    void charge(String client, int rows) {
        shares.get(client).served += rows;
    }

    long served(String client) {
        return shares.get(client).served;
    }

    int clients() {
        return shares.size();
    }
}
