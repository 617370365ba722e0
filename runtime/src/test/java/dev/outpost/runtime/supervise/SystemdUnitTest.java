package dev.outpost.runtime.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SystemdUnitTest {

    private static final Path FOLDER = Path.of("..", "systemd").toAbsolutePath().normalize();

    @ParameterizedTest
    @ValueSource(strings = {"outpost.service", "outpost-fleet-hub.service"})
    void verifyIsSilent(String unit) throws Exception {
        assertEquals("", output("verify", FOLDER.resolve(unit).toString()));
    }

    /** The hub talks to a broker and a database wherever they are. */
    @ParameterizedTest
    @CsvSource({"outpost.service, 1.0", "outpost-fleet-hub.service, 1.5"})
    void theExposureIsAtMost(String unit, double most) throws Exception {
        String lines = output("security", "--offline=true", "--no-pager", FOLDER.resolve(unit).toString());
        String last = lines.strip().lines().reduce("", (first, second) -> second);

        double exposure = Double.parseDouble(last.replaceFirst(".*\\.service: ", "").split(" ")[0]);
        assertTrue(exposure <= most, last);
    }

    @ParameterizedTest
    @ValueSource(strings = {"outpost.service", "outpost-fleet-hub.service"})
    void everyDirectiveHasItsReason(String unit) throws IOException {
        String reasons = Files.readString(FOLDER.resolve("README.md"));
        List<String> unexplained = Files.readAllLines(FOLDER.resolve(unit)).stream()
                .filter(line -> line.matches("[A-Za-z]+=.*"))
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
