package dev.outpost.engine.telemetry;

import java.lang.System.Logger;
import java.util.concurrent.atomic.AtomicLong;

/** Tells of each {@link PerformanceCliff} once per loaded engine: one JFR event, one warning. Any thread. */
public final class CliffReport {

    private static final Logger LOG = System.getLogger(CliffReport.class.getName());

    private final AtomicLong met = new AtomicLong();

    /** @param detail figures as {@code name=value}; never text of a prompt */
    public void met(PerformanceCliff cliff, String detail) {
        long bit = 1L << cliff.ordinal();
        if ((met.getAndUpdate(seen -> seen | bit) & bit) != 0) {
            return;
        }
        CliffEvent event = new CliffEvent();
        event.cliff = cliff.name();
        event.detail = detail;
        event.commit();
        LOG.log(Logger.Level.WARNING, "performance cliff: {0}: {1}: {2}", cliff, cliff.fact(), detail);
    }

    public boolean hasMet(PerformanceCliff cliff) {
        return (met.get() & 1L << cliff.ordinal()) != 0;
    }
}
