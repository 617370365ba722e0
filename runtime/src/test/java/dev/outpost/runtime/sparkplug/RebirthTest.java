package dev.outpost.runtime.sparkplug;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How soon a host that asks for a rebirth has it. */
@ExtendWith(ConformanceRun.class)
class RebirthTest {

    @Test
    void answersARebirthRequestAtOnce(Conformance run) {
        var sorted = run.rebirthMillis().stream().sorted().toList();
        double median = sorted.get(sorted.size() / 2);
        double longest = sorted.getLast();
        System.out.printf("rebirth: n=%d, median=%.1f ms, longest=%.1f ms%n", sorted.size(), median, longest);
        assertTrue(median <= 200, "median ms=" + median);
        assertTrue(longest <= 2_000, "longest ms=" + longest);
    }
}
