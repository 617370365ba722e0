package dev.outpost.runtime.log;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.tinylog.Level;
import org.tinylog.core.LogEntry;

/**
 * An event as one line of text.
 *
 * <pre>
 * journal   &lt;6&gt;outpost.http: listening: port=8484
 * terminal  2026-11-21T18:26:15.123Z INFO  outpost.http: listening: port=8484
 * </pre>
 *
 * The journal knows the time itself and reads the priority from the prefix (sd-daemon(3)).
 */
final class LogLine {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'",
            Locale.ROOT);
    private static final int MOST_FRAMES = 12;
    private static final int MOST_CHARACTERS = 4_000;

    private LogLine() {}

    static String of(LogEntry entry, boolean journal) {
        var line = new StringBuilder(160);
        if (journal) {
            line.append('<').append(priority(entry.getLevel())).append('>');
        } else {
            line.append(TIME.format(ZonedDateTime.ofInstant(entry.getTimestamp().toInstant(), ZoneOffset.UTC)))
                    .append(' ').append(String.format(Locale.ROOT, "%-5s", entry.getLevel())).append(' ');
        }
        line.append(entry.getClassName() == null ? "-" : room(entry.getClassName())).append(": ");
        int start = line.length();
        line.append(entry.getMessage() == null ? "" : entry.getMessage());
        for (Throwable cause = entry.getException(); cause != null; cause = cause.getCause()) {
            append(line, cause);
        }
        return escaped(line, start);
    }

    /** The message with its cause, on one line. */
    static String plain(LogEntry entry) {
        var line = new StringBuilder(entry.getMessage() == null ? "" : entry.getMessage());
        for (Throwable cause = entry.getException(); cause != null; cause = cause.getCause()) {
            line.append(" | ").append(cause);
        }
        return escaped(line, 0).strip();
    }

    // A logger is named after its class; the reader wants the room.
    static String room(String className) {
        String shortened = className.replaceFirst("^dev\\.outpost\\.(runtime\\.)?", "outpost.");
        return shortened.replaceFirst("\\.[A-Z]\\w*(\\$.*)?$", "");
    }

    private static int priority(Level level) {
        return switch (level) {
            case ERROR -> 3;
            case WARN -> 4;
            case INFO -> 6;
            case DEBUG, TRACE, OFF -> 7;
        };
    }

    private static void append(StringBuilder line, Throwable cause) {
        line.append(" | ").append(cause);
        StackTraceElement[] frames = cause.getStackTrace();
        for (int i = 0; i < Math.min(MOST_FRAMES, frames.length); i++) {
            line.append(i == 0 ? " at " : " < ").append(frames[i].getClassName().replaceFirst("^.*\\.", ""))
                    .append('.').append(frames[i].getMethodName()).append(':').append(frames[i].getLineNumber());
        }
    }

    // A line stays a line, and bytes from outside cannot steer a terminal.
    private static String escaped(StringBuilder line, int from) {
        for (int i = from; i < line.length(); i++) {
            if (Character.isISOControl(line.charAt(i))) {
                line.setCharAt(i, ' ');
            }
        }
        if (line.length() > MOST_CHARACTERS) {
            line.setLength(MOST_CHARACTERS);
            line.append("...");
        }
        return line.append('\n').toString();
    }
}
