package dev.outpost.runtime.sparkplug;

import java.util.List;
import java.util.OptionalLong;

/**
 * One message's content.
 *
 * @param timestamp milliseconds since 1970, UTC, when it was sent
 * @param seq 0..255; none on deaths of nodes and on commands
 */
record Payload(OptionalLong timestamp, OptionalLong seq, List<Metric> metrics) {

    Payload {
        metrics = List.copyOf(metrics);
    }
}
