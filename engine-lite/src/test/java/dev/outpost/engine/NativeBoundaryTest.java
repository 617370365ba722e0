package dev.outpost.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Native access and raw memory only in the rooms named for it: a scan of the sources. */
class NativeBoundaryTest {

    private static final Path SOURCES = Path.of("src/main/java/dev/outpost/engine");

    /** Linking, symbol look-up, memory without bounds or owner, loading of libraries. */
    private static final Pattern NATIVE = Pattern.compile("\\b(Linker|SymbolLookup|FunctionDescriptor|Unsafe)\\b"
            + "|\\.reinterpret\\(|\\bArena\\.global\\b|MemorySegment\\.ofAddress|System\\.load(Library)?\\("
            + "|(private|public|static|final) native ");

    private static final List<String> ALLOWED = List.of("kernels/nativelib", "kernels/cuda");

    @Test
    void nativeAccessStaysInItsRooms() {
        assertEquals(List.of(), findings(NATIVE, ALLOWED));
    }

    @Test
    void theVectorApiIsNamedOnlyInItsRoom() {
        assertEquals(List.of(), findings(Pattern.compile("^import (static )?jdk\\.incubator\\.vector"),
                List.of("kernels/vector")));
    }

    @Test
    void theScanSeesSources() {
        assertFalse(findings(Pattern.compile("^package dev\\.outpost\\.engine"), List.of()).isEmpty());
    }

    private static List<String> findings(Pattern pattern, List<String> allowed) {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> allowed.stream().noneMatch(room -> file.startsWith(SOURCES.resolve(room))))
                    .flatMap(file -> lines(file, pattern)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Comments may name what the code may not use. */
    private static Stream<String> lines(Path file, Pattern pattern) {
        try {
            return Files.readAllLines(file).stream().filter(line -> !line.strip().startsWith("*"))
                    .filter(line -> !line.strip().startsWith("//")).filter(line -> pattern.matcher(line).find())
                    .map(line -> SOURCES.relativize(file) + ": " + line.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
