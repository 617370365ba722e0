package dev.outpost.runtime.update;

import java.nio.file.Path;
import java.util.Locale;

/** A model's name on the API, from its file's name: lower case, of {@code a-z 0-9 . _ -}, at most 64 characters. */
public final class ModelName {

    private static final int LONGEST = 64;

    private ModelName() {}

    /** From a file's name. */
    public static String of(Path file) {
        return of(file.getFileName().toString());
    }

    /** From any text. */
    public static String of(String text) {
        String name = text.toLowerCase(Locale.ROOT).replaceFirst("\\.gguf$", "")
                .replaceAll("[^a-z0-9._-]+", "-").replaceFirst("^[^a-z0-9]+", "");
        if (name.isEmpty()) {
            return "model";
        }
        return name.substring(0, Math.min(LONGEST, name.length()));
    }
}
