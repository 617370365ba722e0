package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.RolloutPlan.Member;
import dev.outpost.runtime.fleet.hub.RolloutPlan.Result;
import dev.outpost.runtime.fleet.hub.RolloutPlan.Step;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RolloutPlanTest {

    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");
    private static final ContentDigest RELEASE = ContentDigest.of(new byte[]{1});
    private static final int DEVICES = 1_000;

    @Test
    void goesOnWhenTheWaveIsDone() {
        Rollout first = rollout(0, true);
        assertInstanceOf(Step.Wait.class, RolloutPlan.next(first, fleet((in, index) -> Result.WAITING, START)));
        assertInstanceOf(Step.Advance.class,
                RolloutPlan.next(first, fleet((in, index) -> in ? Result.DONE : Result.WAITING, START)));
        assertInstanceOf(Step.Finish.class,
                RolloutPlan.next(rollout(2, true), fleet((in, index) -> Result.DONE, START)));
    }

    @Test
    void waitsForTheManagerWhenItIsNotAutomatic() {
        assertInstanceOf(Step.Wait.class,
                RolloutPlan.next(rollout(0, false), fleet((in, index) -> Result.DONE, START)));
    }

    @Test
    void whoIsOutOfReachDoesNotHoldTheOthersUp() {
        List<Member> members = fleet((in, index) -> in && index % 2 == 0 ? Result.DONE : Result.WAITING,
                START.minusSeconds(1));
        assertEquals(0, RolloutPlan.tally(rollout(1, true), members).working());
        List<Member> half = withShareDone(rollout(1, true), 0.5, START.minusSeconds(1));
        assertInstanceOf(Step.Advance.class, RolloutPlan.next(rollout(1, true), half));
        List<Member> fewer = withShareDone(rollout(1, true), 0.45, START.minusSeconds(1));
        assertInstanceOf(Step.Wait.class, RolloutPlan.next(rollout(1, true), fewer), "less than half has an answer");
        List<Member> working = withShareDone(rollout(1, true), 0.9, START.plusSeconds(1));
        assertInstanceOf(Step.Wait.class, RolloutPlan.next(rollout(1, true), working), "some are at work");
    }

    @ParameterizedTest
    @CsvSource({"0, false", "1, false", "2, true"})
    void stopsWhenMoreThanTwoPercentOfTheWaveFail(int failures, boolean stops) {
        Rollout rollout = rollout(1, true);
        int wave = RolloutPlan.tally(rollout, fleet((in, index) -> Result.DONE, START)).members();
        assertTrue(wave >= 50 && wave < 100, "2 % of the wave lies between 1 and 2 devices: devices=" + wave);
        List<Member> members = new ArrayList<>();
        int failed = 0;
        for (Member member : fleet((in, index) -> Result.DONE, START)) {
            boolean fails = inWave(member.device(), rollout) && failed < failures;
            failed += fails ? 1 : 0;
            members.add(fails ? new Member(member.device(), Result.FAILED, member.heard()) : member);
        }
        Step step = RolloutPlan.next(rollout, members);
        if (stops) {
            assertEquals("too many devices of the wave failed: failed=2, devices=" + wave + ", limit=2.0 %",
                    assertInstanceOf(Step.Stop.class, step).reason());
        } else {
            assertInstanceOf(Step.Advance.class, step);
        }
    }

    @Test
    void devicesStopByThemselvesAtTheNumberAtWhichTheHubDoes() {
        for (int members = 1; members <= 5_000; members++) {
            int abort = RolloutPlan.abortFailures(20, members);
            assertTrue(abort * 1000L > 20L * members && (abort - 1) * 1000L <= 20L * members, "devices=" + members);
        }
    }

    @Test
    void aWaveOfNobodyIsPassedAndALastOneIsNotFinishedByNobody() {
        assertInstanceOf(Step.Advance.class, RolloutPlan.next(rollout(0, true), List.of()));
        assertInstanceOf(Step.Wait.class, RolloutPlan.next(rollout(2, true), List.of()));
    }

    @Test
    void oneFailureInASmallWaveIsTooMany() {
        var device = new Member("box-1", Result.FAILED, Optional.of(START));
        assertInstanceOf(Step.Stop.class, RolloutPlan.next(rollout(2, true), List.of(device)));
    }

    @Test
    void aPausedRolloutDoesNothingAndLetsNobodyIn() {
        Rollout paused = rollout(0, true).in(Rollout.State.PAUSED, "");
        assertEquals(0, paused.limit());
        assertInstanceOf(Step.Wait.class, RolloutPlan.next(paused, fleet((in, index) -> Result.DONE, START)));
    }

    @Test
    void wavesAscend() {
        assertThrows(FleetException.class, () -> rollout(List.of(100, 100), 0));
        assertThrows(FleetException.class, () -> rollout(List.of(0), 0));
        assertThrows(FleetException.class, () -> rollout(List.of(10_001), 0));
        assertThrows(FleetException.class, () -> rollout(List.of(100), 1));
    }

    @Test
    void isKeptInTheDatabaseAsItIs() {
        Rollout rollout = rollout(1, true).in(Rollout.State.STOPPED, "why");
        assertEquals(rollout, Rollout.of(rollout.toRow(START)));
    }

    private static List<Member> fleet(BiFunction<Boolean, Integer, Result> results, Instant heard) {
        List<Member> members = new ArrayList<>();
        for (int i = 0; i < DEVICES; i++) {
            members.add(new Member("box-" + i, results.apply(inWave("box-" + i, rollout(0, true)), i),
                    Optional.of(heard)));
        }
        return members;
    }

    private static List<Member> withShareDone(Rollout rollout, double share, Instant heardOthers) {
        int wave = RolloutPlan.tally(rollout, fleet((in, index) -> Result.DONE, START)).members();
        List<Member> members = new ArrayList<>();
        int done = 0;
        for (int i = 0; i < DEVICES; i++) {
            boolean takes = inWave("box-" + i, rollout) && done < Math.ceil(share * wave);
            done += takes ? 1 : 0;
            members.add(new Member("box-" + i, takes ? Result.DONE : Result.WAITING, Optional.of(heardOthers)));
        }
        return members;
    }

    private static boolean inWave(String device, Rollout rollout) {
        return RolloutRule.number(device, RELEASE) < rollout.limit();
    }

    private static Rollout rollout(int wave, boolean automatic) {
        return new Rollout(new Addressee.Group("line-a"), "chat", 1, RELEASE, List.of(100, 1_000, 10_000), wave,
                automatic, 20, 0, Rollout.State.RUNNING, "", START);
    }

    private static Rollout rollout(List<Integer> waves, int wave) {
        return new Rollout(new Addressee.Group("line-a"), "chat", 1, RELEASE, waves, wave, true, 20, 0,
                Rollout.State.RUNNING, "", START);
    }
}
