package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The update's thread dies as soon as a state is journalled, before it acts; the next process finishes the update, and
 * each of them serves. What a dead process leaves on the disk at any other moment is provisioning's tests' matter.
 */
class UpdateRestartTest {

    private static final Set<UpdateState> ONLY_ALONE = Set.of(UpdateState.DRAINING, UpdateState.LOADING_ALONE);

    @TempDir
    static Path folder;
    private static SignedModels.Tiny old;
    private static SignedModels.Tiny better;
    private static SignedModels.Offer good;
    private static SignedModels.Offer wrong;

    @TempDir
    Path directory;

    @BeforeAll
    static void models() throws Exception {
        old = SignedModels.tiny(folder, 1);
        better = SignedModels.tiny(folder, 2);
        good = SignedModels.offer(2, better, better.answer());
        wrong = SignedModels.offer(2, better, "an answer that no random model gives");
    }

    static Stream<UpdateState> statesOnTheWay() {
        return Stream.of(UpdateState.VERIFYING, UpdateState.STAGING, UpdateState.PLANNING, UpdateState.LOADING_BESIDE,
                UpdateState.DRAINING, UpdateState.LOADING_ALONE, UpdateState.GATING, UpdateState.SWITCHING,
                UpdateState.TRIAL, UpdateState.COMMITTING, UpdateState.ACTIVATED);
    }

    @ParameterizedTest
    @MethodSource("statesOnTheWay")
    void aProcessThatDiesInAnyStateIsFollowedByOneThatFinishes(UpdateState state) throws Exception {
        SwapDevice.settle(directory, old);
        EngineOptions options = ONLY_ALONE.contains(state) ? tight() : SwapDevice.ROOMY;
        assertEquals(state, dieIn(state, options, good).state());

        try (SwapDevice device = SwapDevice.start(directory, options, better.carrier())) {
            assertTrue(device.serving().isPresent(), "a model serves at once after " + state);
            UpdateReport report = device.finish();
            assertEquals(UpdateState.ACTIVATED, report.state(), report.detail());
            assertEquals(Optional.of(better.digest()), device.serving());
            assertEquals(Optional.of(better.digest()), device.active());
            assertEquals(200, device.ask("still there?").statusCode());
        }
    }

    static Stream<Arguments> statesOfAFailedGate() {
        return Stream.of(Arguments.of(UpdateState.ROLLING_BACK, false), Arguments.of(UpdateState.ROLLING_BACK, true),
                Arguments.of(UpdateState.ROLLED_BACK, false));
    }

    @ParameterizedTest
    @MethodSource("statesOfAFailedGate")
    void aProcessThatDiesWhileItRollsBackIsFollowedByOneWithTheOldModel(UpdateState state, boolean alone)
            throws Exception {
        SwapDevice.settle(directory, old);
        EngineOptions options = alone ? tight() : SwapDevice.ROOMY;
        assertEquals(state, dieIn(state, options, wrong).state());

        try (SwapDevice device = SwapDevice.start(directory, options, better.carrier())) {
            assertEquals(Optional.of(old.digest()), device.serving());
            assertEquals(UpdateState.ROLLED_BACK, device.finish().state());
            assertEquals(Optional.of(old.digest()), device.serving());
            device.offer(wrong);
            device.room.call(_ -> 0).get();
            assertEquals(UpdateState.ROLLED_BACK, device.room.report().state(), "the same offer says nothing new");
        }
    }

    /** A process that does not outlive the gate three times over gives the release up. */
    @Test
    void aReleaseThatEndsTheProcessEachTimeIsRolledBack() throws Exception {
        EngineOptions options = SwapDevice.ROOMY;
        SwapDevice.settle(directory, old);
        dieIn(UpdateState.GATING, options, good);
        for (int death = 1; death <= 3; death++) {
            try (SwapDevice device = SwapDevice.start(directory, options, Optional.empty(),
                    List.of(UpdateState.GATING), better.carrier())) {
                SwapDevice.until(
                        () -> device.room.fault().isPresent() || device.room.report().outcome().isPresent(),
                        () -> device.room.report().toString());
            }
        }
        try (SwapDevice device = SwapDevice.start(directory, options, better.carrier())) {
            assertEquals(UpdateState.ROLLED_BACK, device.finish().state());
            assertEquals(Optional.of(old.digest()), device.serving());
        }
    }

    private UpdateReport dieIn(UpdateState state, EngineOptions options, SignedModels.Offer offer) throws Exception {
        try (SwapDevice device = SwapDevice.start(directory, options, Optional.empty(), List.of(state),
                better.carrier())) {
            device.offer(offer);
            SwapDevice.until(() -> {
                if (device.room.report().state() == UpdateState.TRIAL) {
                    device.room.answered(better.digest(), true);
                }
                return device.room.fault().isPresent();
            }, () -> device.room.report().toString());
            return device.room.report();
        }
    }

    private static EngineOptions tight() {
        long total = Engine.plan(folder.resolve("seed-1.gguf"), SwapDevice.ROOMY).total();
        return SwapDevice.ROOMY.withMemoryBudgetBytes(total + (1 << 20));
    }
}
