package dev.outpost.engine.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTest {

    @TempDir
    private Path root;

    @Test
    void readsWhatTheKernelCallsAvailable() throws IOException {
        meminfo("MemTotal:        8053216 kB\nMemFree:          123456 kB\nMemAvailable:    5242880 kB\n");
        assertEquals(OptionalLong.of(5L << 30), AvailableMemory.procUnder(root).bytes());
    }

    @Test
    void saysNothingWhereTheKernelSaysNothing() throws IOException {
        assertEquals(OptionalLong.empty(), AvailableMemory.procUnder(root).bytes());
        meminfo("MemTotal:        8053216 kB\n");
        assertEquals(OptionalLong.empty(), AvailableMemory.procUnder(root).bytes());
        meminfo("MemAvailable:    lots\n");
        assertEquals(OptionalLong.empty(), AvailableMemory.procUnder(root).bytes());
    }

    private void meminfo(String text) throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/meminfo"), text);
    }
}
