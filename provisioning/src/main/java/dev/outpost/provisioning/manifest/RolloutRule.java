package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/**
 * When a device may begin: computed on the device, so that one retained message or one stick carries a whole rollout.
 *
 * @param waveLimit devices whose number lies below this begin; 0 to 10,000
 * @param windowFromMinute first minute of the UTC day in which it may begin
 * @param windowMinutes length of the window; 1440 = always
 * @param idleMinutes without trusted time the window becomes: no inference for so many minutes
 * @param abortFailures signed failures of the same profile at which nobody else begins
 */
public record RolloutRule(int waveLimit, int windowFromMinute, int windowMinutes, int idleMinutes, int abortFailures) {
    private static final int WAVES = 10_000;
    private static final int DAY = 1440;

    /** Everybody, at once, until the first hundred failures. */
    public static final RolloutRule EVERYBODY = new RolloutRule(WAVES, 0, DAY, 0, 100);

    /** A device's number in a release's rollout: SHA-256(device, release) mod 10,000. */
    public static int number(String device, ContentDigest release) {
        MessageDigest hasher = ContentDigest.hasher();
        hasher.update(device.getBytes(StandardCharsets.UTF_8));
        hasher.update(release.bytes());
        byte[] hash = hasher.digest();
        long head = 0;
        for (int i = 0; i < 8; i++) {
            head = head << 8 | hash[i] & 0xFF;
        }
        return (int) Long.remainderUnsigned(head, WAVES);
    }

    /** Whether a device belongs to the waves released so far. */
    public boolean includes(String device, ContentDigest release) {
        return number(device, release) < waveLimit;
    }

    /**
     * Whether the window is open.
     *
     * @param trusted the time, if this device has one it may trust
     * @param idleForMinutes minutes since the last inference
     */
    public boolean open(Optional<Instant> trusted, long idleForMinutes) {
        if (windowMinutes >= DAY) {
            return true;
        }
        return trusted.map(now -> Math.floorMod(now.atOffset(ZoneOffset.UTC).toLocalTime().toSecondOfDay() / 60
                - windowFromMinute, DAY) < windowMinutes).orElse(idleForMinutes >= idleMinutes);
    }

    /** Whether so many failures stop the rollout. */
    public boolean aborted(int failures) {
        return failures >= abortFailures;
    }

    JsonObject toJson() {
        return JsonObject.of(Map.of()).with("waveLimit", waveLimit).with("windowFromMinute", windowFromMinute)
                .with("windowMinutes", windowMinutes).with("idleMinutes", idleMinutes)
                .with("abortFailures", abortFailures);
    }

    static RolloutRule of(JsonFields fields) {
        return new RolloutRule((int) fields.whole("waveLimit", 0, WAVES),
                (int) fields.whole("windowFromMinute", 0, DAY - 1), (int) fields.whole("windowMinutes", 0, DAY),
                (int) fields.whole("idleMinutes", 0, 7 * DAY), (int) fields.whole("abortFailures", 1, 1_000_000));
    }
}
