package dev.outpost.runtime.log;

import java.io.PrintStream;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tinylog.Level;
import org.tinylog.core.LogEntry;
import org.tinylog.core.LogEntryValue;
import org.tinylog.writers.Writer;

/** Writes {@link LogLine}s to standard error; tinylog finds it as writer {@code outpost line}. */
public final class LogLineWriter implements Writer {

    private final PrintStream out;
    private final boolean journal;
    private volatile Optional<LogListener> listener = Optional.empty();

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
        if (entry.getLevel().compareTo(Level.WARN) >= 0) {
            listener.ifPresent(told -> told.warned(entry.getLevel().name().toLowerCase(Locale.ROOT),
                    LogLine.room(String.valueOf(entry.getClassName())), LogLine.plain(entry)));
        }
    }

    void listen(LogListener told) {
        listener = Optional.of(told);
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
