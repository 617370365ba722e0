package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.EngineFaultException;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/**
 * A prompt goes through every way a request can end, in a process that logs everything it can, and is in no line of
 * what that process wrote.
 */
class LogCanaryTest {

    private static final String CANARY = "kanarienvogel";

    @Test
    void noPromptIsLoggedAtAnyLevel() throws Exception {
        String classes = Optional.ofNullable(System.getProperty("surefire.test.class.path"))
                .orElse(System.getProperty("java.class.path"));
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", "-Dtinylog.writer=console", "-Dtinylog.level=trace",
                "-Dtinylog.writer.level=trace", "-Dtinylog.level@io.helidon=trace", "-cp",
                classes.replace(';', File.pathSeparatorChar),
                LogCanaryTest.class.getName()).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        assertTrue(output.contains("request ended"), "the process did not log its requests:\n" + output);
        assertTrue(output.contains("io.helidon"), "the process did not log at trace:\n" + output);
        output.lines().filter(line -> line.contains(CANARY)).findFirst().ifPresent(line -> {
            throw new AssertionError("prompt in a log line: " + line);
        });
        assertFalse(output.contains(CANARY));
    }

    /** The process under test. */
    public static void main(String[] arguments) throws Exception {
        String chat = "/v1/chat/completions";
        try (ApiFixture api = ApiFixture.serving()) {
            api.post(chat, ApiFixture.chat(CANARY, ""));
            api.post(chat, ApiFixture.chat(CANARY, "\"stream\":true,\"n\":2,\"user\":\"" + CANARY + "\""));
            api.post(chat, ApiFixture.chat(CANARY, "\"stop\":[\"" + CANARY + "\",7]"));
            api.post(chat, ApiFixture.chat(CANARY.repeat(500), ""));
            api.post(chat, "{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":" + CANARY);
            api.post(chat, "{\"model\":\"echo\",\"" + CANARY + "\":1,\"messages\":[]}");
            api.post("/v1/completions", "{\"model\":\"" + CANARY + "\",\"prompt\":\"" + CANARY + "\"}");
            api.post("/v1/embeddings", "{\"model\":\"echo\",\"input\":[\"" + CANARY + "\"]}");
            api.post(chat, ApiFixture.chat(CANARY, ""), "Host-Hint", CANARY);
            api.engine.refusal = Optional.of(CANARY);
            api.post(chat, ApiFixture.chat(CANARY, ""));
            api.engine.refusal = Optional.empty();
            api.engine.failure = Optional.of(new EngineFaultException("broken", "layer=3",
                    new IllegalStateException("text was " + CANARY)));
            api.post(chat, ApiFixture.chat(CANARY, ""));
            api.raw(ApiFixture.wire(chat, ApiFixture.chat(CANARY, "\"stream\":true"))).close();
            api.raw("POST " + chat + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" + CANARY
                    + "\r\n").close();
            Thread.sleep(300);
        }
    }
}
