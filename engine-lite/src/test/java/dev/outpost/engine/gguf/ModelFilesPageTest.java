package dev.outpost.engine.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.quant.QuantType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The operator's page says what the code does, and every code it lists has a file that meets it. */
class ModelFilesPageTest {

    private static final Path PAGE = Path.of("../docs/reference/model-files.md");

    /** Met by other tests: by getters, by a missing file, by a file that changes. */
    private static final Set<RejectCode> NOT_BY_A_FILE = EnumSet.of(RejectCode.UNREADABLE, RejectCode.BAD_TEXT,
            RejectCode.BAD_NUMBER, RejectCode.FILE_CHANGED, RejectCode.METADATA_TOO_LONG);

    @Test
    void everyCodeOfTheContainerIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        for (RejectCode code : RejectCode.values()) {
            assertTrue(page.contains("\n| `" + code.word() + "` | "), code.word());
        }
    }

    @Test
    void everySupportedTypeAndLimitIsOnThePage() throws IOException {
        String page = Files.readString(PAGE);
        for (QuantType type : QuantType.values()) {
            assertEquals(type.supported(), page.contains("`" + type + "`"), type::name);
        }
        GgufLimits limits = GgufLimits.DEFAULT;
        for (long limit : new long[]{limits.keys(), limits.keyBytes(), limits.arrayElements(), limits.tensors()}) {
            assertTrue(page.contains(String.format(java.util.Locale.ROOT, "%,d", limit)), () -> "limit " + limit);
        }
        for (long bytes : new long[]{limits.allKeyBytes(), limits.stringBytes(), limits.arrayTextBytes(),
                limits.metadataBytes()}) {
            assertTrue(page.contains("| " + (bytes >> 20) + " MiB |"), () -> "limit " + bytes);
        }
    }

    @Test
    void everyCodeOfTheContainerHasAHostileFile() {
        Set<RejectCode> met = HostileFiles.all().stream().filter(file -> file.codes().size() == 1)
                .flatMap(file -> file.codes().stream())
                .collect(Collectors.toCollection(() -> EnumSet.noneOf(RejectCode.class)));
        met.addAll(NOT_BY_A_FILE);
        Set<RejectCode> unmet = Arrays.stream(RejectCode.values()).filter(code -> !met.contains(code))
                .collect(Collectors.toSet());
        assertEquals(Set.of(), unmet);
    }
}
