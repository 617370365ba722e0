package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The packaged application, started by its launcher, as an operator meets it. */
class ApplicationIT {

    private static final String CANARY = "zq-canary-7f3a91-prompt";
    private static final String QUESTION = """
            {"model":"default","max_tokens":8,"temperature":0,"prompt":"%s"}"""
            .formatted(CANARY);

    @TempDir
    Path directory;

    private Application application;
    private Path model;

    @BeforeEach
    void copyOfTheApplication() {
        application = new Application(directory);
        model = TinyModel.of("llama", QuantType.Q8_0).write(directory.resolve("tiny.gguf"));
    }

    @Test
    void servesAndStopsInOrderOnSigterm() throws Exception {
        try (Application.Serving serving = application.serve(model)) {
            String answer = serving.post("/v1/completions", QUESTION);
            assertTrue(answer.contains("\"text_completion\""), answer);

            assertEquals(0, serving.end("TERM"), serving.lines.toString());
            assertTrue(serving.lines.toString().contains("stopped: all requests ended"), serving.lines.toString());
        }
    }

    @Test
    void theStartLineNamesWhatMatters() throws Exception {
        try (Application.Serving serving = application.serve(model, "--threads", "1")) {
            String start = serving.lines.toString().lines().filter(line -> line.contains("start: ")).findFirst()
                    .orElseThrow();
            for (String fact : List.of("cores=", "threads=1", "tier=", "profile=", "model=", "plan=", "budget=",
                    "aot=off")) {
                assertTrue(start.contains(fact), fact + " is missing in: " + start);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "KILL", "SEGV"})
    void noPromptTextIsLeftBehind(String signal) throws Exception {
        try (Application.Serving serving = application.serve(model)) {
            String answer = serving.post("/v1/completions", QUESTION);
            assertTrue(answer.contains("\"text_completion\""), answer);
            serving.post("/v1/chat/completions",
                    "{\"model\":\"default\",\"max_tokens\":4,\"messages\":[{\"role\":\"user\",\"content\":\"" + CANARY
                            + "\"}]}");
            serving.post("/v1/chat/completions", "{\"model\":\"" + CANARY + "\",\"messages\":7}");
            serving.end(signal);

            assertFalse(serving.lines.toString().contains(CANARY), serving.lines.toString());
        }
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).filter(path -> !path.endsWith("tiny.gguf")).toList()) {
                String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertFalse(bytes.contains(CANARY), "canary found in " + file);
            }
        }
    }

    @Test
    void aTakenPortIsOneClearLineAndStatus69() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            var result = application.run("serve", "--model", model.toString(), "--port",
                    Integer.toString(taken.getLocalPort()));

            assertEquals(69, result.status(), result.err());
            assertTrue(result.err().contains("outpost: cannot listen: host=127.0.0.1, port=" + taken.getLocalPort()),
                    result.err());
            assertFalse(result.err().contains(" at "), "a stack trace: " + result.err());
        }
    }

    @Test
    void anotherThanTheLoopbackAddressIsRefusedWithTheReason() throws Exception {
        var result = application.run("serve", "--model", model.toString(), "--host", "0.0.0.0");

        assertEquals(78, result.status(), result.err());
        assertTrue(result.err().contains("no access keys"), result.err());
    }

    @Test
    void aJavaThatIsNo25IsNamed() throws Exception {
        application.environment.put("OUTPOST_JAVA", "/nonexistent/java");
        var result = application.run("version");

        assertEquals(78, result.status());
        assertEquals("outpost: OUTPOST_JAVA is not a Java 25: /nonexistent/java\n", result.err());
    }

    @Test
    void aVirtualMachineWithoutC2IsRefusedWithTheReason() throws Exception {
        application.environment.put("OUTPOST_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");
        var result = application.run("run", model.toString(), "hello");

        assertEquals(78, result.status(), result.err());
        assertTrue(result.err().contains("vector_unavailable"), result.err());
    }

    @Test
    void theAotCacheIsMadeOnceAndThenUsed() throws Exception {
        application.environment.remove("OUTPOST_AOT");
        var made = application.run("aot", "--model", model.toString());
        assertEquals(0, made.status(), made.err());
        assertTrue(made.out().startsWith("AOT cache made: path=" + directory.toRealPath()), made.out());

        try (Application.Serving serving = application.serve(model)) {
            assertTrue(serving.lines.toString().contains("aot=used"), serving.lines.toString());
        }
    }

    /** The virtual machine alone would take the old classes: see the launcher. */
    @Test
    void aCacheOfOtherJarsIsNotUsed() throws Exception {
        application.environment.remove("OUTPOST_AOT");
        assertEquals(0, application.run("aot").status());
        try (var jars = Files.list(directory.resolve("outpost/lib"))) {
            Path jar = jars.filter(path -> path.getFileName().toString().startsWith("outpost-runtime")).findFirst()
                    .orElseThrow();
            Files.write(jar, new byte[]{0}, StandardOpenOption.APPEND);
        }

        try (Application.Serving serving = application.serve(model)) {
            assertTrue(serving.lines.toString().contains("aot=stale"), serving.lines.toString());
            assertTrue(serving.post("/v1/completions", QUESTION).contains("\"text_completion\""));
            serving.end("TERM");
        }
    }
}
