package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a serving process holds, against what {@code outpost show} says it will. */
class MemoryPlanIT {

    private static final long MIB = 1L << 20;
    private static final String QUESTION = """
            {"model":"default","max_tokens":48,"temperature":0,"prompt":"The rivers of %d cities are"}""";

    @TempDir
    Path directory;

    @Test
    void thePlanIsWithinATenthOfTheResidentSet() throws Exception {
        Path model = SharedFiles.model("SmolLM2-135M-Instruct.Q4_1.gguf");
        String[] size = {"--context", "1024", "--parallel", "2"};
        var application = new Application(directory);
        String shown = application.run("show", model.toString(), size[0], size[1], size[2], size[3], "--json").out();
        try (Application.Serving serving = application.serve(model, size)) {
            long ready = residentBytes(serving.pid());
            ask(serving);
            long used = residentBytes(serving.pid());
            String figures = "plan=" + bytes(shown, "total") / MIB + " MiB, ready=" + ready / MIB + " MiB, used="
                    + used / MIB + " MiB";
            for (long resident : List.of(ready, used)) {
                assertTrue(Math.abs(bytes(shown, "total") - resident) <= resident / 10, figures);
                assertTrue(resident <= bytes(shown, "weights") + bytes(shown, "kv") + 200 * MIB, figures);
            }
        }
    }

    /** Several requests at once, so that every path of a request has run. */
    private static void ask(Application.Serving serving) throws Exception {
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Callable<String>>();
            for (int i = 0; i < 6; i++) {
                String question = QUESTION.formatted(i);
                answers.add(() -> serving.post("/v1/completions", question));
            }
            for (Future<String> answer : clients.invokeAll(answers)) {
                assertTrue(answer.get().contains("\"text_completion\""), answer.get());
            }
        }
    }

    private static long residentBytes(long pid) throws IOException {
        return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
                .filter(line -> line.startsWith("VmRSS:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst().orElseThrow() * 1024;
    }

    private static long bytes(String shown, String part) {
        var found = Pattern.compile("\"plan\":\\{.*?\"" + part + "\":(\\d+)").matcher(shown);
        assertTrue(found.find(), shown);
        return Long.parseLong(found.group(1));
    }
}
