package dev.outpost.engine;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Files that tests use where they are at hand and that are no part of the product: reference outputs and real models.
 * A test that asks for one that is missing is skipped and says which.
 */
public final class SharedFiles {

    private SharedFiles() {}

    /** A file under {@code OUTPOST_SHARED}, by default {@code ../shared} beside the repository. */
    public static Path reference(String name) {
        return required(setting("OUTPOST_SHARED").map(Path::of).orElse(root().resolveSibling("shared")).resolve(name));
    }

    /** A model under {@code OUTPOST_TEST_MODELS}, by default {@code ~/.cache/outpost/test-models}. */
    public static Path model(String name) {
        var folder = setting("OUTPOST_TEST_MODELS").map(Path::of)
                .orElse(Path.of(System.getProperty("user.home"), ".cache", "outpost", "test-models"));
        return required(folder.resolve(name));
    }

    private static Path required(Path file) {
        assumeTrue(Files.isRegularFile(file), "skipped: this test needs the file " + file.getFileName()
                + ", which is not at hand (set OUTPOST_SHARED and OUTPOST_TEST_MODELS)");
        return file;
    }

    private static Optional<String> setting(String name) {
        return Optional.ofNullable(System.getProperty(name)).or(() -> Optional.ofNullable(System.getenv(name)));
    }

    /** The repository: the nearest folder upwards that holds the checks. */
    private static Path root() {
        var folder = Path.of("").toAbsolutePath();
        while (folder.getParent() != null && !Files.isDirectory(folder.resolve(".ci"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
