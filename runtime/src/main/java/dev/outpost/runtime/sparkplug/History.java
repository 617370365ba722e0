package dev.outpost.runtime.sparkplug;

import java.util.List;
import java.util.Optional;

/** Bounded store of what changed while no host listened. One thread, the edge node's. */
public interface History {

    /**
     * Changes of one moment.
     *
     * @param device empty is the node
     * @param metrics with name, type, value and time
     */
    record Past(Optional<String> device, List<Metric> metrics) {

        public Past {
            metrics = List.copyOf(metrics);
        }
    }

    /** Keeps changes; where there is no room the oldest go. */
    void add(Past past);

    /** The oldest {@code most} that are kept, in order. */
    List<Past> oldest(int most);

    /** Lets the oldest {@code count} go: they were sent. */
    void forget(int count);
}
