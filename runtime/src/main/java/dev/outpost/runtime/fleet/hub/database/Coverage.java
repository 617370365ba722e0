package dev.outpost.runtime.fleet.hub.database;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which sequences of a stream need not be sent again, as one run of the device counts them. A device whose disk was
 * wiped, restored or cut by a power failure gives sequences out again, but never within a run; so nothing one run said
 * counts for another, and an acknowledgement names the run it is for.
 *
 * @param upTo everything up to and including this sequence
 * @param islands first to last of what lies beyond
 */
record Coverage(String runId, long upTo, TreeMap<Long, Long> islands) {

    /** A device has a handful of batches on the way; more islands than this are forgotten, and sent again. */
    private static final int MOST_ISLANDS = 64;

    static Coverage of(String runId, long upTo, String islands) {
        var parsed = new TreeMap<Long, Long>();
        for (String island : islands.isEmpty() ? new String[0] : islands.split(",")) {
            int dash = island.indexOf('-', 1);
            parsed.put(Long.parseLong(island.substring(0, dash)), Long.parseLong(island.substring(dash + 1)));
        }
        return new Coverage(runId, upTo, parsed);
    }

    /** The coverage once a batch is stored as well. */
    Coverage with(StoredBatch batch) {
        boolean sameRun = runId.equals(batch.runId());
        long from = sameRun ? Math.max(upTo, batch.oldest() - 1) : batch.oldest() - 1;
        var beyond = sameRun ? new TreeMap<>(islands) : new TreeMap<Long, Long>();
        beyond.merge(batch.after() + 1, batch.last(), Math::max);
        long reached = from;
        while (!beyond.isEmpty() && beyond.firstKey() <= reached + 1) {
            reached = Math.max(reached, beyond.pollFirstEntry().getValue());
        }
        while (beyond.size() > MOST_ISLANDS) {
            beyond.pollLastEntry();
        }
        return new Coverage(batch.runId(), reached, beyond);
    }

    String islandText() {
        return islands.entrySet().stream().map(Coverage::text).collect(Collectors.joining(","));
    }

    private static String text(Map.Entry<Long, Long> island) {
        return island.getKey() + "-" + island.getValue();
    }
}
