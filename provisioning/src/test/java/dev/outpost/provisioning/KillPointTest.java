package dev.outpost.provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.activate.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/**
 * Every update path, cut at its disk operations. {@code -Doutpost.killStride=1} takes every operation (by default every
 * fourth), {@code -Doutpost.killSeeds=N} draws N disks for each point (default 1) and N times 40 runs with many cuts.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KillPointTest {
    private static final int STRIDE = Integer.getInteger("outpost.killStride", 4);
    private static final int SEEDS = Integer.getInteger("outpost.killSeeds", 1);
    private static final List<KillPoint.Scenario> SCENARIOS = List.of(new KillPoint.Scenario(Fit.BESIDE, true),
            new KillPoint.Scenario(Fit.BESIDE, false), new KillPoint.Scenario(Fit.ALONE, true),
            new KillPoint.Scenario(Fit.ALONE, false));

    private final Map<UpdateState, Integer> cutsByState = new EnumMap<>(UpdateState.class);
    private int runsCutOften;

    @AfterAll
    void writeTheTable() throws IOException {
        StringBuilder table = new StringBuilder("| The cut fell in | Points |\n|---|---|\n");
        cutsByState
                .forEach((state, count) -> table.append("| ").append(state).append(" | ").append(count).append(" |\n"));
        table.append("\npoints=").append(cutsByState.values().stream().mapToInt(Integer::intValue).sum())
                .append(", runs cut over and over=").append(runsCutOften).append('\n');
        Files.writeString(Path.of("target", "kill-points.md"), table);
    }

    @TestFactory
    Stream<DynamicTest> neverWithoutAModelWhereverThePowerIsCut() {
        return SCENARIOS.stream().map(scenario -> DynamicTest.dynamicTest(scenario.toString(), () -> {
            int operations = KillPoint.undisturbed(scenario);
            Set<UpdateState> states = EnumSet.noneOf(UpdateState.class);
            int points = 0;
            for (int cut = SCENARIOS.indexOf(scenario) % STRIDE; cut < operations; cut += STRIDE) {
                for (long seed = -1; seed < SEEDS; seed++) {
                    KillPoint point = new KillPoint(scenario, sync -> false);
                    assertEquals(Optional.empty(), point.once(cut, seed), "cut=" + cut + ", seed=" + seed);
                    states.add(point.cutIn());
                    cutsByState.merge(point.cutIn(), 1, Integer::sum);
                    points++;
                }
            }
            assertTrue(points >= 1000 / STRIDE / SCENARIOS.size(), "kill points: " + points);
            assertTrue(states.containsAll(EnumSet.of(UpdateState.VERIFYING, UpdateState.STAGING)), states.toString());
        }));
    }

    @TestFactory
    Stream<DynamicTest> endsHoweverOftenThePowerIsCut() {
        return SCENARIOS.stream().map(scenario -> DynamicTest.dynamicTest(scenario.toString(), () -> {
            int span = KillPoint.undisturbed(scenario);
            for (long seed = 0; seed < 40L * SEEDS; seed++) {
                assertEquals(Optional.empty(), new KillPoint(scenario, sync -> false).often(seed, span),
                        "seed=" + seed);
                runsCutOften++;
            }
        }));
    }

    @Test
    void aMissingSyncIsNoticed() {
        KillPoint.Scenario scenario = SCENARIOS.getFirst();
        int operations = KillPoint.undisturbed(scenario);
        Set<String> unnoticed = new TreeSet<>();
        for (String label : List.of("file:slots/a.tmp", "file:slots/b.tmp", "directory:models/blobs",
                "file:staging/HEX.part")) {
            boolean noticed = false;
            for (int cut = operations - 1; cut >= 0 && !noticed; cut--) {
                noticed = new KillPoint(scenario, label::equals).once(cut, cut).isPresent();
            }
            if (!noticed) {
                unnoticed.add(label);
            }
        }
        assertEquals(Set.of(), unnoticed);
    }
}
