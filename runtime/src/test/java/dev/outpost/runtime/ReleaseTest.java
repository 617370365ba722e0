package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ReleaseTest {

    @Test
    void theFloorOfTimeIsTheBuildsOwn() throws IOException {
        String pom = Files.readString(Path.of("..", "pom.xml"));
        String expected = "<project.build.outputTimestamp>" + Release.BUILT + "</project.build.outputTimestamp>";
        assertTrue(pom.contains(expected), "pom.xml has another build time: expected=" + Release.BUILT);
    }
}
