package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Programs outside the JVM that judge us. A missing one skips its test, or fails it where CI is strict. */
final class Tools {

    private Tools() {}

    /** A Python that has the {@code openai} package. */
    static Path python() {
        Path path = Path.of(setting("OUTPOST_TEST_PYTHON").orElse("python3"));
        if (run(List.of(path.toString(), "-c", "import openai")).status() != 0) {
            missing("the openai package for " + path + " (set OUTPOST_TEST_PYTHON)");
        }
        return path;
    }

    /** A {@code node_modules} folder that has the {@code openai} package, with {@code node} on the path. */
    static Path nodeModules() {
        Path modules = Path.of(setting("OUTPOST_TEST_NODE_MODULES").orElse("node_modules")).toAbsolutePath();
        if (!Files.isDirectory(modules.resolve("openai")) || run(List.of("node", "--version")).status() != 0) {
            missing("node with the openai package in " + modules + " (set OUTPOST_TEST_NODE_MODULES)");
        }
        return modules;
    }

    static void assertPasses(List<String> command) {
        Result result = run(command);
        assertEquals(0, result.status(), () -> String.join(" ", command) + "\n" + result.output());
        assertTrue(result.output().contains("all checks passed"), result.output());
    }

    private static Result run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(120, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return new Result(-1, output + "\ntimed out");
            }
            return new Result(process.exitValue(), output);
        } catch (IOException e) {
            return new Result(-1, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Result(-1, "interrupted");
        }
    }

    private static void missing(String what) {
        if (setting("OUTPOST_CI_STRICT").isPresent()) {
            fail("missing in CI: " + what);
        }
        abort("skipped, missing: " + what);
    }

    private static Optional<String> setting(String name) {
        return Optional.ofNullable(System.getenv(name)).filter(value -> !value.isBlank());
    }

    private record Result(int status, String output) {}
}
