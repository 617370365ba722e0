package dev.outpost.runtime.log;

import java.io.PrintStream;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import org.tinylog.core.LogEntry;
import org.tinylog.core.LogEntryValue;
import org.tinylog.writers.Writer;

/** Writes {@link LogLine}s to standard error; tinylog finds it as writer {@code outpost line}. */
public final class LogLineWriter implements Writer {

    private final PrintStream out;
    private final boolean journal;

    /** For tinylog, which passes the {@code writer.…} properties; {@code writer.journal} says who reads. */
    public LogLineWriter(Map<String, String> properties) {
        this(System.err, Boolean.parseBoolean(properties.get("journal")));
    }

    LogLineWriter(PrintStream out, boolean journal) {
        this.out = out;
        this.journal = journal;
    }

    @Override
    public Collection<LogEntryValue> getRequiredLogEntryValues() {
        return EnumSet.of(LogEntryValue.DATE, LogEntryValue.LEVEL, LogEntryValue.CLASS, LogEntryValue.MESSAGE,
                LogEntryValue.EXCEPTION);
    }

    /** One call, one write: lines of several threads do not mix. */
    @Override
    public void write(LogEntry entry) {
        out.print(LogLine.of(entry, journal));
    }

    @Override
    public void flush() {
        out.flush();
    }

    @Override
    public void close() {
        out.flush();
    }
}
