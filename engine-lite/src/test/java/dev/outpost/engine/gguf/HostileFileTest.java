package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.outpost.engine.failure.ModelRejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every malformed file meets its refusal, cheaply, and leaves nothing open. */
class HostileFileTest {

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicContainer> refusesEveryFaultOfEveryClass() {
        Map<String, List<HostileFile>> byKind = HostileFiles.all().stream()
                .collect(Collectors.groupingBy(HostileFile::kind, TreeMap::new, Collectors.toList()));
        return byKind.entrySet().stream().map(kind -> dynamicContainer(kind.getKey(), Stream.concat(
                kind.getValue().stream().map(file -> dynamicTest(file.fault(), () -> refuses(file))),
                Stream.of(dynamicTest("leaves nothing open",
                        () -> LeftOpen.assertNothingOf(folder.resolve("hostile.gguf")))))));
    }

    private void refuses(HostileFile hostile) throws IOException {
        Path path = Files.write(folder.resolve("hostile.gguf"), hostile.bytes());
        var refusal = assertThrows(ModelRejectedException.class, () -> GgufFile.open(path));
        assertTrue(hostile.codes().stream().map(RejectCode::word).toList().contains(refusal.code()),
                refusal.getMessage());
        assertFalse(refusal.field().isEmpty());
        assertTrue(refusal.offset().orElse(-1) >= 0, refusal.getMessage());
        assertTrue(refusal.offset().orElse(-1) <= hostile.bytes().length, refusal.getMessage());
        assertTrue(refusal.getMessage().contains("expected") || refusal.getMessage().contains("="),
                refusal.getMessage());
        assertTrue(refusal.getMessage().chars().noneMatch(Character::isISOControl), refusal.getMessage());
        Cost.assertSmall(() -> assertThrows(ModelRejectedException.class, () -> GgufFile.open(path)));
    }

    @Test
    void theBaseOfAllFaultsIsAcceptedInBothVersions() {
        for (int version = 2; version <= 3; version++) {
            Path path = HostileFile.base().version(version).write(folder.resolve("good.gguf"));
            try (GgufFile file = GgufFile.open(path)) {
                assertEquals(version, file.version());
                assertEquals(4, file.tensors().size());
            }
            LeftOpen.assertNothingOf(path);
        }
    }

    @Test
    void aTailOfOneAlignmentUnitIsAccepted() throws IOException {
        byte[] whole = HostileFile.base().bytes();
        Path path = Files.write(folder.resolve("good.gguf"), java.util.Arrays.copyOf(whole, whole.length + 32));
        GgufFile.open(path).close();
    }

    @Test
    void otherAlignmentsPlaceTheDataAccordingly() {
        for (int alignment : new int[]{8, 16, 64, 4096, 65536}) {
            GgufWriter writer = new GgufWriter().alignment(alignment).tensor("a", new float[]{1}, 1).tensor("b",
                    new float[]{2}, 1);
            try (GgufFile file = GgufFile.open(writer.write(folder.resolve("aligned.gguf")))) {
                assertEquals(writer.mark("data b"), file.tensor("b").orElseThrow().offset());
                assertEquals(0, file.tensor("b").orElseThrow().offset() % alignment);
            }
        }
    }

    @Test
    void tensorsNeedNotLieInTheOrderOfTheTable() throws IOException {
        GgufWriter writer = new GgufWriter().tensor("a", new float[8], 8).tensor("b", new float[8], 8);
        byte[] bytes = writer.bytes();
        bytes[writer.mark("offset a")] = 32;
        bytes[writer.mark("offset b")] = 0;
        try (GgufFile file = GgufFile.open(Files.write(folder.resolve("swapped.gguf"), bytes))) {
            assertTrue(file.tensor("a").orElseThrow().offset() > file.tensor("b").orElseThrow().offset());
        }
    }

    @Test
    void namesOfOtherContainersAreTold() throws IOException {
        Path path = Files.writeString(folder.resolve("pointer"), "version https://git-lfs.github.com/spec/v1\n");
        var refusal = assertThrows(ModelRejectedException.class, () -> GgufFile.open(path));
        assertTrue(refusal.getMessage().contains("a Git LFS pointer"), refusal.getMessage());
    }

    @Test
    void missingFilesAndFoldersAreRefused() {
        for (Path path : List.of(folder, folder.resolve("nothing"))) {
            var refusal = assertThrows(ModelRejectedException.class, () -> GgufFile.open(path));
            assertEquals("unreadable", refusal.code());
        }
    }
}
