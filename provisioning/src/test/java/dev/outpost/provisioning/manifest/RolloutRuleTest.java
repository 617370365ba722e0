package dev.outpost.provisioning.manifest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RolloutRuleTest {
    private static final ContentDigest RELEASE = ContentDigest.of(new byte[]{7});

    @Test
    void wavesGrowAndNeverLoseAMember() {
        long one = members(100);
        long ten = members(1000);
        assertTrue(one > 60 && one < 140, "1 % of 10,000 devices: " + one);
        assertTrue(ten > 900 && ten < 1100, "10 % of 10,000 devices: " + ten);
        assertEquals(10_000, members(10_000));
        assertEquals(0, members(0));
        assertTrue(IntStream.range(0, 10_000).allMatch(i -> !rule(100).includes("box-" + i, RELEASE)
                || rule(1000).includes("box-" + i, RELEASE)));
    }

    @Test
    void eachReleaseDrawsItsOwnCanaries() {
        ContentDigest other = ContentDigest.of(new byte[]{8});
        long both = IntStream.range(0, 10_000).filter(
                i -> rule(1000).includes("box-" + i, RELEASE) && rule(1000).includes("box-" + i, other)).count();
        assertTrue(both > 50 && both < 150, "expected about 100 in both: " + both);
    }

    @Test
    void windowMayPassMidnight() {
        RolloutRule night = new RolloutRule(10_000, 23 * 60, 120, 30, 5);
        assertTrue(night.open(Optional.of(Instant.parse("2026-05-01T23:30:00Z")), 0));
        assertTrue(night.open(Optional.of(Instant.parse("2026-05-02T00:59:00Z")), 0));
        assertFalse(night.open(Optional.of(Instant.parse("2026-05-02T01:00:00Z")), 0));
        assertFalse(night.open(Optional.of(Instant.parse("2026-05-02T12:00:00Z")), 1000));
    }

    @Test
    void withoutTrustedTimeTheWindowIsAnIdleRule() {
        RolloutRule night = new RolloutRule(10_000, 23 * 60, 120, 30, 5);
        assertFalse(night.open(Optional.empty(), 29));
        assertTrue(night.open(Optional.empty(), 30));
    }

    @Test
    void stopsAtTheThresholdOfFailures() {
        assertFalse(rule(100).aborted(4));
        assertTrue(rule(100).aborted(5));
    }

    private static RolloutRule rule(int limit) {
        return new RolloutRule(limit, 0, 1440, 0, 5);
    }

    private static long members(int limit) {
        return IntStream.range(0, 10_000).filter(i -> rule(limit).includes("box-" + i, RELEASE)).count();
    }
}
