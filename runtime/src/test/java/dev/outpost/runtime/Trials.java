package dev.outpost.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What the trials share: how much is asked of them, their seed, and the tables they leave in {@code target/trials}. */
public final class Trials {

    private static final Path FOLDER = Path.of("target", "trials");

    private Trials() {}

    /** The full count instead of the seeded sample: {@code -Doutpost.trials=full}. */
    public static boolean full() {
        return "full".equals(System.getProperty("outpost.trials"));
    }

    /** {@code -Doutpost.seed=N}, else the same one each time. */
    public static long seed() {
        return Long.getLong("outpost.seed", 20_261_121L);
    }

    /** Prints a row and adds it to a table of Markdown. */
    public static synchronized void row(String table, String head, Object... cells) {
        String row = Arrays.stream(cells).map(String::valueOf).collect(Collectors.joining(" | ", "| ", " |"));
        System.out.println(table + ": " + head + "\n" + table + ": " + row);
        try {
            Path file = Files.createDirectories(FOLDER).resolve(table + ".md");
            if (Files.notExists(file)) {
                Files.writeString(file, head + "\n" + head.replaceAll("[^|]+", "---") + "\n");
            }
            Files.writeString(file, row + "\n", StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
