package dev.outpost.provisioning.activate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.activate.ConfigurationShelf.Configuration;
import dev.outpost.provisioning.storage.SimulatedDisk;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigurationShelfTest {
    private final SimulatedDisk disk = new SimulatedDisk();

    @Test
    void keepsTheLastThreeNewestFirst() {
        ConfigurationShelf shelf = new ConfigurationShelf(disk);
        for (long version = 1; version <= 12; version++) {
            shelf.put(configuration(version));
        }
        assertEquals(List.of(12L, 11L, 10L), versions(new ConfigurationShelf(disk)));
    }

    @Test
    void ignoresAnOlderVersionThatComesLate() {
        ConfigurationShelf shelf = new ConfigurationShelf(disk);
        shelf.put(configuration(5));
        shelf.put(configuration(4));
        shelf.put(configuration(5));
        assertEquals(List.of(5L), versions(shelf));
    }

    @Test
    void aDamagedOneMakesWayForTheOneBefore() {
        ConfigurationShelf shelf = new ConfigurationShelf(disk);
        shelf.put(configuration(1));
        shelf.put(configuration(2));
        disk.flipBit("configuration/2", 20, 4);
        assertEquals(List.of(1L), versions(new ConfigurationShelf(disk)));
    }

    @Test
    void theOneBeforeOrTheNewOneIsThereAfterAnyPowerCut() {
        new ConfigurationShelf(disk).put(configuration(1));
        for (int cut = 0; cut < 12; cut++) {
            for (long seed = 0; seed < 10; seed++) {
                SimulatedDisk cutting = disk.afterKill();
                cutting.cutPowerAfter(cut);
                long promised = 1;
                try {
                    new ConfigurationShelf(cutting).put(configuration(2));
                    promised = 2;
                } catch (SimulatedDisk.PowerCut expected) {
                    // The point of the exercise.
                }
                long found = new ConfigurationShelf(cutting.afterPowerCut(seed)).kept().getFirst().version();
                assertTrue(found >= promised, "cut=" + cut + ", seed=" + seed);
            }
        }
    }

    private static Configuration configuration(long version) {
        return new Configuration(version, new byte[]{(byte) version});
    }

    private static List<Long> versions(ConfigurationShelf shelf) {
        return shelf.kept().stream().map(Configuration::version).toList();
    }
}
