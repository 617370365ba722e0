package dev.outpost.runtime.sparkplug;

/** Where metrics come from. */
@FunctionalInterface
public interface MetricSource {

    /** Reads everything. On the edge node's thread; must not wait for anything that serves requests. */
    EdgeReading read();
}
