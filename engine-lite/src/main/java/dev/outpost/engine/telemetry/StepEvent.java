package dev.outpost.engine.telemetry;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One batch of the scheduler; the duration covers the forward pass and the choice of tokens. */
@Name("dev.outpost.Step")
@Label("Batch Step")
@Category("Outpost")
@Description("One forward pass over decode rows and prompt rows")
@StackTrace(false)
public final class StepEvent extends Event {

    @Label("Decode Rows")
    public int decodeRows;

    @Label("Prompt Rows")
    public int promptRows;

    @Label("Running Requests")
    public int running;

    @Label("Waiting Requests")
    public int queued;
}
