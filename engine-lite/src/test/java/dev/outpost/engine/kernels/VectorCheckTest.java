package dev.outpost.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A JVM that would run the vector tier a hundred times slower is refused, with the flag that helps. */
class VectorCheckTest {

    private static String open(String... flags) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Opening.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }

    /** Opens the kernels and says how it went. */
    static final class Opening {

        public static void main(String[] args) {
            try (Kernels kernels = Kernels.open(1, IsaLevel.CUDA)) {
                System.out.println("level=" + kernels.level().word());
            } catch (dev.outpost.engine.failure.EngineFaultException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    @Test
    void refusesAJvmWithoutTheVectorApi() throws Exception {
        String said = open();
        assertTrue(said.contains("code=vector_unavailable"), said);
        assertTrue(said.contains("--add-modules jdk.incubator.vector"), said);
    }

    @Test
    void refusesAJvmWithoutItsOptimisingCompiler() throws Exception {
        String said = open("--add-modules", "jdk.incubator.vector", "-XX:TieredStopAtLevel=1");
        assertTrue(said.contains("code=vector_unavailable"), said);
        assertTrue(said.contains("TieredStopAtLevel"), said);
    }

    @Test
    void acceptsAnOrdinaryJvm() throws Exception {
        assertTrue(open("--add-modules", "jdk.incubator.vector").contains("level=vector"));
        assertEquals(IsaLevel.SCALAR, openScalar());
    }

    private static IsaLevel openScalar() {
        try (Kernels kernels = Kernels.open(1, IsaLevel.SCALAR)) {
            return kernels.level();
        }
    }
}
