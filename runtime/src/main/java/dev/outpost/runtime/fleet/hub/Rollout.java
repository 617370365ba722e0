package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.RolloutRow;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How far a release has been let out to an addressee.
 *
 * @param addressee a device or a group
 * @param line the model line
 * @param counter the release
 * @param release payload digest of the release
 * @param waves wave limits in ascending order, of 10,000
 * @param wave index of the wave that is let out
 * @param automatic whether the hub goes on to the next wave by itself
 * @param stopPerMille share of a wave whose failures stop the rollout when they exceed it, in thousandths
 * @param abortFailures failures at which devices stop by themselves; 0 takes the share
 * @param state where it stands
 * @param reason why it stopped; else empty
 * @param since when the wave was let out
 */
public record Rollout(Addressee addressee, String line, long counter, ContentDigest release, List<Integer> waves,
        int wave, boolean automatic, int stopPerMille, int abortFailures, State state, String reason, Instant since) {
    private static final int EVERYBODY = 10_000;
    private static final int MOST_WAVES = 32;
    private static final int LIMIT = 64 << 10;

    /** Where a rollout stands. */
    public enum State {
        /** The wave is at work. */
        RUNNING,
        /** Nobody else begins until it is resumed. */
        PAUSED,
        /** Too many failed, or the release was revoked; nobody else begins. */
        STOPPED,
        /** The last wave is let out and done; devices that come later still follow. */
        FINISHED,
        /** Another release of the line took its place. */
        REPLACED;

        /** The word in the database and in tables. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it may still go on. */
        public boolean open() {
            return this == RUNNING || this == PAUSED;
        }
    }

    /** Refuses waves that do not ascend within 1 to 10,000. */
    public Rollout {
        waves = List.copyOf(waves);
        int before = 0;
        for (int limit : waves) {
            if (limit <= before || limit > EVERYBODY) {
                throw new FleetException(FleetException.Reason.INPUT,
                        "waves do not ascend within 1 to 10000: waves=" + waves);
            }
            before = limit;
        }
        if (wave < 0 || wave >= waves.size() || waves.size() > MOST_WAVES || stopPerMille < 0
                || stopPerMille > 1000) {
            throw new FleetException(FleetException.Reason.INPUT, "rollout is out of range: wave=" + wave + ", waves="
                    + waves.size() + ", stopPerMille=" + stopPerMille);
        }
    }

    /** What names it in the database. */
    String id() {
        return line + "@" + counter + " " + addressee.key();
    }

    /** Devices whose number lies below this begin; nobody does while it is paused or stopped. */
    public int limit() {
        return switch (state) {
            case RUNNING, FINISHED -> waves.get(wave);
            case PAUSED, STOPPED, REPLACED -> 0;
        };
    }

    boolean lastWave() {
        return wave == waves.size() - 1;
    }

    Rollout nextWave(Instant now) {
        return new Rollout(addressee, line, counter, release, waves, wave + 1, automatic, stopPerMille, abortFailures,
                State.RUNNING,
                "", now);
    }

    Rollout withLimits(int perMille, int failures) {
        return new Rollout(addressee, line, counter, release, waves, wave, automatic, perMille, failures, state, reason,
                since);
    }

    Rollout in(State next, String why) {
        return new Rollout(addressee, line, counter, release, waves, wave, automatic, stopPerMille, abortFailures, next,
                why, since);
    }

    RolloutRow toRow(Instant now) {
        List<JsonValue> limits = new ArrayList<>();
        waves.forEach(limit -> limits.add(JsonNumber.of(limit)));
        JsonObject plan = JsonObject.of(Map.of("waves", new JsonArray(limits), "automatic", new JsonFlag(automatic)))
                .with("release", release.hex()).with("wave", wave).with("stopPerMille", stopPerMille)
                .with("abortFailures", abortFailures)
                .with("reason", reason).with("since", since.toEpochMilli());
        return new RolloutRow(id(), addressee, line, counter, state.word(), JsonWriter.text(plan), now);
    }

    static Rollout of(RolloutRow row) {
        JsonFields plan = JsonFields.of(JsonReader.read(row.plan().getBytes(StandardCharsets.UTF_8), LIMIT),
                "rollout");
        return new Rollout(row.addressee(), row.line(), row.counter(), new ContentDigest(plan.text("release", 64)),
                plan.wholes("waves", MOST_WAVES).stream().map(Long::intValue).toList(),
                (int) plan.whole("wave", 0, MOST_WAVES),
                plan.value("automatic") instanceof JsonFlag flag && flag.flag(),
                (int) plan.whole("stopPerMille", 0, 1000), (int) plan.whole("abortFailures", 0, 1_000_000),
                State.valueOf(row.state().toUpperCase(Locale.ROOT)),
                plan.text("reason", 1024), Instant.ofEpochMilli(plan.whole("since", 0, JsonNumber.MAX_WHOLE)));
    }
}
