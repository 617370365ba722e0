package dev.outpost.runtime.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class SystemdUnitTest {

    private static final Path FOLDER = Path.of("..", "systemd").toAbsolutePath().normalize();
    private static final Path UNIT = FOLDER.resolve("outpost.service");

    @Test
    void verifyIsSilent() throws Exception {
        assertEquals("", output("verify", UNIT.toString()));
    }

    @Test
    void theExposureIsAtMostOne() throws Exception {
        String lines = output("security", "--offline=true", "--no-pager", UNIT.toString());
        String last = lines.strip().lines().reduce("", (first, second) -> second);

        double exposure = Double.parseDouble(last.replaceFirst(".*outpost\\.service: ", "").split(" ")[0]);
        assertTrue(exposure <= 1.0, last);
    }

    @Test
    void everyDirectiveHasItsReason() throws IOException {
        String reasons = Files.readString(FOLDER.resolve("README.md"));
        List<String> unexplained = Files.readAllLines(UNIT).stream().filter(line -> line.matches("[A-Za-z]+=.*"))
                .map(line -> line.substring(0, line.indexOf('='))).distinct()
                .filter(key -> !reasons.contains("`" + key + "`")).toList();

        assertEquals(List.of(), unexplained);
    }

    private static String output(String... arguments) throws Exception {
        var command = new java.util.ArrayList<>(List.of("systemd-analyze"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            process.waitFor();
            return text;
        } catch (IOException e) {
            return Assumptions.abort("skipped: no systemd-analyze here: " + e.getMessage());
        }
    }
}
