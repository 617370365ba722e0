package dev.outpost.engine.telemetry;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A model was loaded; the duration is that of the load. */
@Name("dev.outpost.Load")
@Label("Model Load")
@Category("Outpost")
@Description("A model file was opened, checked and packed")
@StackTrace(false)
public final class LoadEvent extends Event {

    @Label("Architecture")
    public String architecture = "";

    @Label("File Size")
    @DataAmount
    public long fileBytes;

    @Label("Weights")
    @DataAmount
    public long weightBytes;

    @Label("Instruction Set")
    public String isa = "";

    @Label("Threads")
    public int threads;
}
