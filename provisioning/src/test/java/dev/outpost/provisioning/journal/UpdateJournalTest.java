package dev.outpost.provisioning.journal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.storage.Storage;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class UpdateJournalTest {
    @Test
    void theLastEntryThatReturnedIsThereAfterAnyPowerCut() {
        assertEquals(0, lost(sync -> false));
    }

    @Test
    void withoutEitherSyncEntriesAreLost() {
        assertTrue(lost("file:update/journal"::equals) > 0);
        assertTrue(lost("directory:update"::equals) > 0);
    }

    @Test
    void aDamagedEntryEndsTheJournalAndNothingElse() {
        SimulatedDisk disk = new SimulatedDisk();
        UpdateJournal journal = UpdateJournal.open(disk);
        journal.append(entry(1));
        journal.append(entry(2));
        disk.flipBit("update/journal", 8 + entrySize() + 12, 0);
        UpdateJournal again = UpdateJournal.open(disk);
        assertEquals(entry(1), again.last().orElseThrow());
        again.append(entry(3));
        assertEquals(entry(3), UpdateJournal.open(disk).last().orElseThrow());
    }

    @Test
    void doesNotGrowForEver() {
        SimulatedDisk disk = new SimulatedDisk();
        UpdateJournal journal = UpdateJournal.open(disk);
        for (int i = 0; i < 5000; i++) {
            journal.append(entry(i).with("text", "x".repeat(100)));
        }
        assertTrue(disk.open("update/journal", Storage.Access.READ).size() <= 64 << 10);
        assertEquals(new JsonNumber(4999),
                UpdateJournal.open(disk).last().orElseThrow().members().get("n"));
    }

    private static int lost(Predicate<String> ignored) {
        int lost = 0;
        for (int cut = 0; cut < 40; cut++) {
            for (long seed = 0; seed < 10; seed++) {
                SimulatedDisk disk = new SimulatedDisk();
                disk.ignoreSyncs(ignored);
                disk.cutPowerAfter(cut);
                long appended = -1;
                try {
                    UpdateJournal journal = UpdateJournal.open(disk);
                    for (long n = 0; n < 15; n++) {
                        journal.append(entry(n));
                        appended = n;
                    }
                } catch (SimulatedDisk.PowerCut expected) {
                    // The point of the exercise.
                }
                double found = UpdateJournal.open(disk.afterPowerCut(seed)).last()
                        .map(entry -> ((JsonNumber) entry.members().get("n")).number()).orElse(-1.0);
                lost += found < appended ? 1 : 0;
            }
        }
        return lost;
    }

    private static JsonObject entry(long n) {
        return JsonObject.of(Map.of()).with("n", n);
    }

    private static int entrySize() {
        return JsonWriter.canonical(entry(1)).length;
    }
}
