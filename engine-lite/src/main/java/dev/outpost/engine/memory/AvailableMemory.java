package dev.outpost.engine.memory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Memory a new process may take without swapping, as the operating system sees it. A port: tests bring their own. */
@FunctionalInterface
public interface AvailableMemory {

    /** In bytes; empty where it cannot be told. */
    OptionalLong bytes();

    /** {@code MemAvailable} of {@code <root>/proc/meminfo} (proc(5)). */
    static AvailableMemory procUnder(Path root) {
        return () -> {
            try (var lines = Files.lines(root.resolve("proc/meminfo"), StandardCharsets.US_ASCII)) {
                return lines.filter(line -> line.startsWith("MemAvailable:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024).findFirst();
            } catch (IOException | NumberFormatException ignored) {
                return OptionalLong.empty();
            }
        };
    }
}
