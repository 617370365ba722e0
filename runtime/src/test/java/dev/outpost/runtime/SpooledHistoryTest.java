package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.runtime.sparkplug.History.Past;
import dev.outpost.runtime.sparkplug.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept for hosts that do not listen. */
class SpooledHistoryTest {

    @TempDir
    Path directory;

    @Test
    void outlivesTheProcessAndForgetsWhatWasTold() {
        var node = new Past(Optional.empty(), List.of(Metric.whole("a", 1).at(5), Metric.text("b", "ü").at(6)));
        var device = new Past(Optional.of("model"), List.of(Metric.real("c", 1.5).at(7).absent()));
        try (var history = SpooledHistory.open(directory)) {
            history.add(node);
            history.add(device);
        }
        try (var history = SpooledHistory.open(directory)) {
            assertEquals(List.of(node, device), history.oldest(10));
            assertEquals(List.of(node), history.oldest(1));
            history.forget(1);
            assertEquals(List.of(device), history.oldest(10));
        }
        try (var history = SpooledHistory.open(directory)) {
            assertEquals(List.of(device), history.oldest(10));
            history.forget(1);
            assertEquals(List.of(), history.oldest(10));
        }
    }

    @Test
    void keepsTheYoungestWithinItsCap() throws IOException {
        try (var history = SpooledHistory.open(directory, 4 << 10, 16 << 10)) {
            for (int i = 0; i < 2_000; i++) {
                history.add(new Past(Optional.empty(), List.of(Metric.whole("value", i).at(i))));
            }
            assertTrue(bytes() <= 20 << 10, "bytes=" + bytes());
            var kept = history.oldest(10_000);
            assertEquals(1_999, kept.getLast().metrics().getFirst().timestamp().getAsLong());
            assertTrue(kept.size() > 100, "kept=" + kept.size());
        }
    }

    private long bytes() throws IOException {
        try (var files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".seg")).mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }
}
