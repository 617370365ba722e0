package dev.outpost.runtime;

import java.nio.file.Path;
import java.util.Locale;

/** A model's name on the API, from its file's name: lower case, of {@code a-z 0-9 . _ -}, at most 64 characters. */
final class ModelName {

    private static final int LONGEST = 64;

    private ModelName() {}

    static String of(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT).replaceFirst("\\.gguf$", "")
                .replaceAll("[^a-z0-9._-]+", "-").replaceFirst("^[^a-z0-9]+", "");
        if (name.isEmpty()) {
            return "model";
        }
        return name.substring(0, Math.min(LONGEST, name.length()));
    }
}
