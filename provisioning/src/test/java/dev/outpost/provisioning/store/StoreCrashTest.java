package dev.outpost.provisioning.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class StoreCrashTest {
    private static final int SEEDS = 4;

    @Test
    void keepsEveryPromiseWhereverThePowerIsCut() {
        int operations = StoreWorkload.undisturbed().operations();
        int points = 0;
        for (int cut = 0; cut <= operations; cut++) {
            for (long seed = -1; seed < SEEDS; seed++) {
                assertEquals(Optional.empty(), StoreWorkload.crash(cut, seed, sync -> false),
                        "cut=" + cut + ", seed=" + seed);
                points++;
            }
        }
        assertTrue(points >= 500, "crash points: " + points);
    }

    @TestFactory
    Stream<DynamicTest> everySyncIsNeeded() {
        TreeSet<String> labels = new TreeSet<>(StoreWorkload.undisturbed().syncs());
        return labels.stream().map(label -> DynamicTest.dynamicTest(label,
                () -> assertTrue(breaksWithout(label), "nothing notices that this sync is missing: " + label)));
    }

    private static boolean breaksWithout(String label) {
        int operations = StoreWorkload.undisturbed().operations();
        for (int cut = 0; cut <= operations; cut++) {
            for (long seed = 0; seed < SEEDS; seed++) {
                if (StoreWorkload.crash(cut, seed, label::equals).isPresent()) {
                    return true;
                }
            }
        }
        return false;
    }
}
