package dev.outpost.engine.telemetry;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A {@link PerformanceCliff} was met for the first time since the engine was loaded. */
@Name("dev.outpost.PerformanceCliff")
@Label("Performance Cliff")
@Category("Outpost")
@Description("A degraded path was taken for the first time")
@StackTrace(false)
public final class CliffEvent extends Event {

    @Label("Cliff")
    public String cliff = "";

    @Label("Detail")
    public String detail = "";
}
