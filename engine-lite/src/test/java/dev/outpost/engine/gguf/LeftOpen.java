package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Looks through this process's descriptors and mappings, where the system tells them. */
public final class LeftOpen {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final Path MAPPINGS = Path.of("/proc/self/maps");

    private LeftOpen() {}

    public static void assertNothingOf(Path file) {
        if (!Files.isReadable(MAPPINGS)) {
            return;
        }
        try (Stream<String> mappings = Files.lines(MAPPINGS); Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
            assertFalse(mappings.anyMatch(line -> line.endsWith(file.toString())), "a mapping is left");
            assertFalse(descriptors.anyMatch(descriptor -> target(descriptor).equals(file)), "a descriptor is left");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Path target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException gone) {
            return descriptor;
        }
    }
}
