package dev.outpost.engine.telemetry;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/** A request ended. */
@Name("dev.outpost.Request")
@Label("Request")
@Category("Outpost")
@Description("A generation ended; counts and times, no text")
@StackTrace(false)
public final class RequestEvent extends Event {

    @Label("Class")
    public String requestClass = "";

    @Label("Outcome")
    public String outcome = "";

    @Label("Prompt Tokens")
    public int promptTokens;

    @Label("Cached Tokens")
    public int cachedTokens;

    @Label("Completion Tokens")
    public int completionTokens;

    @Label("Queued")
    @Timespan
    public long queuedNanos;

    @Label("Prefill")
    @Timespan
    public long prefillNanos;

    @Label("Decode")
    @Timespan
    public long decodeNanos;
}
