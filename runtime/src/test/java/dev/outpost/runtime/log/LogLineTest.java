package dev.outpost.runtime.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.tinylog.Level;
import org.tinylog.core.LogEntry;
import org.tinylog.runtime.PreciseTimestamp;

class LogLineTest {

    @Test
    void theJournalGetsAPriorityAndNoTime() {
        assertEquals("<6>outpost.http: listening: port=8484\n", line(Level.INFO, "listening: port=8484", null, true));
        assertEquals("<3>outpost.http: broken\n", line(Level.ERROR, "broken", null, true));
        assertEquals("<4>outpost.http: odd\n", line(Level.WARN, "odd", null, true));
    }

    @Test
    void aTerminalGetsTheTimeAndTheLevel() {
        String line = line(Level.INFO, "ready", null, false);

        assertTrue(line.matches("\\d{4}-\\d\\d-\\d\\dT[\\d:.]{12}Z INFO  outpost\\.http: ready\n"), line);
    }

    @Test
    void aLineStaysALine() {
        assertEquals("<6>outpost.http: a b [2J c\n", line(Level.INFO, "a\nb\u001b[2J\tc", null, true));
    }

    @Test
    void aFailureIsTheEndOfItsLine() {
        String line = line(Level.ERROR, "broken", new IllegalStateException("inside", new RuntimeException("cause")),
                true);

        assertTrue(line.startsWith("<3>outpost.http: broken | java.lang.IllegalStateException: inside at LogLineTest."),
                line);
        assertTrue(line.contains(" | java.lang.RuntimeException: cause at LogLineTest."), line);
        assertEquals(1, line.lines().count());
    }

    private static String line(Level level, String message, Throwable failure, boolean journal) {
        var bytes = new ByteArrayOutputStream();
        new LogLineWriter(new PrintStream(bytes, true, StandardCharsets.UTF_8), journal).write(
                new LogEntry(new PreciseTimestamp(), Thread.currentThread(), Map.of(),
                        "dev.outpost.runtime.http.ApiServer",
                        "start", "ApiServer.java", 1, null, level, message, failure));
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
