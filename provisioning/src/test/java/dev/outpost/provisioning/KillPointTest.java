package dev.outpost.provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.activate.Fit;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every update path, cut at its disk operations. {@code -Doutpost.killStride=1} takes every operation (by default every
 * fourth), {@code -Doutpost.killSeeds=N} draws N disks for each point (default 1) and N times 40 runs with many cuts.
 */
class KillPointTest {
    private static final int STRIDE = Integer.getInteger("outpost.killStride", 4);
    private static final int SEEDS = Integer.getInteger("outpost.killSeeds", 1);
    private static final List<KillPoint.Scenario> SCENARIOS = List.of(new KillPoint.Scenario(Fit.BESIDE, true),
            new KillPoint.Scenario(Fit.BESIDE, false), new KillPoint.Scenario(Fit.ALONE, true),
            new KillPoint.Scenario(Fit.ALONE, false));

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
