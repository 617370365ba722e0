package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.gate.GateVerdict;
import dev.outpost.runtime.update.GoldenDrop;
import dev.outpost.runtime.update.GoldenFacts;
import dev.outpost.runtime.update.GoldenSchedule;
import dev.outpost.runtime.update.ModelAnswers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The golden questions of a serving model. A model cannot be made to answer otherwise, so a drop is made by changing the
 * answers that the kept release expects.
 */
class GoldenScheduleTest {

    private static final Duration DAY = Duration.ofHours(24);
    private static final GoldenFacts FACTS = new GoldenFacts("0.1.0", "25.0.3", "", "none");

    @TempDir
    static Path folder;
    private static SignedModels.Tiny old;
    private static SignedModels.Tiny better;

    @TempDir
    Path directory;
    private final List<GoldenDrop> drops = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void models() throws Exception {
        old = SignedModels.tiny(folder, 1);
        better = SignedModels.tiny(folder, 2);
    }

    @BeforeEach
    void updated() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            device.offer(SignedModels.offer(2, better, better.answer()));
            assertEquals(UpdateState.ACTIVATED, device.finish().state());
            GoldenSchedule schedule = schedule(device, FACTS, DAY);
            GateVerdict verdict = schedule.runNow().get().orElseThrow();
            assertTrue(verdict.passed() && verdict.asked() == 1, verdict.toString());
            assertEquals(List.of(), drops);
        }
    }

    @Test
    void fewerRightAnswersThanBeforeAreAnAlarm() throws Exception {
        expectOtherAnswers();
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY)) {
            GateVerdict verdict = schedule(device, FACTS, DAY).runNow().get().orElseThrow();

            assertEquals(0, verdict.right());
            GoldenDrop drop = drops.getFirst();
            assertEquals(better.digest(), drop.model());
            assertEquals(SignedModels.LINE, drop.line());
            assertEquals(List.of(0, 1, 1), List.of(drop.right(), drop.best(), drop.asked()));
            assertEquals(Optional.of(better.digest()), device.serving(), "an alarm, no rollback");
        }
    }

    @Test
    void theScheduleAsksByItself() throws Exception {
        expectOtherAnswers();
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY);
                GoldenSchedule schedule = schedule(device, FACTS, Duration.ofMillis(300))) {
            schedule.begin();
            SwapDevice.until(() -> drops.size() >= 2, () -> "drops=" + drops);
        }
    }

    @Test
    void aStartAsksWhenTheJdkChangedAndNotOtherwise() throws Exception {
        expectOtherAnswers();
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY);
                GoldenSchedule schedule = schedule(device, FACTS, DAY)) {
            schedule.begin();
            SwapDevice.until(() -> ModelAnswers.turns(schedule) == 1, () -> "the first look");
            assertEquals(List.of(), drops, "nothing changed since the last run");
        }
        var other = new GoldenFacts("0.1.0", "25.0.4", "", "none");
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY);
                GoldenSchedule schedule = schedule(device, other, DAY)) {
            schedule.begin();
            SwapDevice.until(() -> !drops.isEmpty(), () -> "the alarm");
            assertEquals("25.0.3", drops.getFirst().before().jdk());
            assertEquals("25.0.4", drops.getFirst().now().jdk());
        }
    }

    @Test
    void anOperatorsModelHasNoQuestions() throws Exception {
        Path other = directory.resolve("other");
        SwapDevice.settle(other, old);
        try (SwapDevice device = SwapDevice.start(other, SwapDevice.ROOMY)) {
            assertEquals(Optional.empty(), schedule(device, FACTS, DAY).runNow().get());
        }
    }

    @Test
    void aDamagedReleaseIsAsGoodAsNone() throws Exception {
        Files.writeString(kept(), "{\"payload\":7}");
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY)) {
            assertEquals(Optional.empty(), schedule(device, FACTS, DAY).runNow().get());
        }
    }

    private GoldenSchedule schedule(SwapDevice device, GoldenFacts facts, Duration interval) {
        var schedule = new GoldenSchedule(device.room, device.swap, facts, interval);
        schedule.onDrop(drops::add);
        return schedule;
    }

    private void expectOtherAnswers() throws Exception {
        assertTrue(Files.exists(kept()), "the release of the active model is kept");
        Files.write(kept(), SignedModels.offer(2, better, "an answer that no random model gives").release());
    }

    private Path kept() {
        return directory.resolve("update/release." + better.digest().hex());
    }
}
