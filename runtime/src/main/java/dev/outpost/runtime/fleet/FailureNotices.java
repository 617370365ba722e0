package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.StoredJson;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.wire.FailNotice;
import dev.outpost.runtime.fleet.wire.SignedReport;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which releases failed where: this device's own notices, signed and retained at the broker, and the verified ones of
 * others. Both survive a restart, so that a broker that forgot them makes no device forget. The agent's thread; the file
 * is written by the thread that owns the state directory.
 */
final class FailureNotices {
    private static final Logger LOG = System.getLogger(FailureNotices.class.getName());
    static final String DIRECTORY = "fleet";
    private static final String FILE = DIRECTORY + "/failures";
    private static final int LIMIT = 4 << 20;
    private static final int MOST_OWN = 8;
    private static final int ID = 12;

    private final AgentFacts facts;
    private final FleetConditions conditions;
    private final List<byte[]> own = new ArrayList<>();
    private boolean changed;

    FailureNotices(AgentFacts facts, FleetConditions conditions) {
        this.facts = facts;
        this.conditions = conditions;
    }

    /** Reads what an earlier process kept; before the agent starts. */
    void read(Storage storage) {
        storage.makeDirectory(DIRECTORY);
        try {
            StoredJson.read(storage, FILE, LIMIT).ifPresent(this::take);
        } catch (RefusedException damaged) {
            LOG.log(Level.WARNING, "kept failure notices are damaged: {0}", damaged.getMessage());
        }
    }

    /** This device's own notice for a failed update; empty when it has no certificate to sign with. */
    Optional<MqttOutgoing> failed(UpdateReport report, Optional<CertificatePair> pair) {
        if (report.release().isEmpty() || pair.isEmpty()) {
            return Optional.empty();
        }
        ContentDigest release = report.release().get();
        var notice = new FailNotice(facts.site(), facts.device(), facts.profile(), release, report.line(),
                report.counter(), report.outcome().orElseThrow().word(), report.detail());
        byte[] signed = SignedReport.sign(notice.toJson(), pair.get()).encode();
        own.removeIf(before -> release(before).equals(Optional.of(release)));
        own.add(signed);
        if (own.size() > MOST_OWN) {
            own.removeFirst();
        }
        conditions.failed(release, id(facts.device()));
        changed = true;
        return Optional.of(outgoing(signed, release));
    }

    /** Whether this device has said so of the report's release. */
    boolean given(UpdateReport report) {
        return own.stream().anyMatch(signed -> release(signed).equals(report.release()));
    }

    /** Everything of its own, to be said again: a broker may have forgotten. */
    List<MqttOutgoing> all() {
        List<MqttOutgoing> messages = new ArrayList<>();
        own.forEach(signed -> release(signed).ifPresent(release -> messages.add(outgoing(signed, release))));
        return messages;
    }

    /**
     * Counts another device's notice.
     *
     * @return whether it was news
     */
    boolean arrived(MqttIncoming message) {
        if (message.payload().length == 0) {
            return false;
        }
        String[] levels = message.topic().split("/");
        String level = levels[levels.length - 2];
        String device = levels[levels.length - 1];
        try {
            FailNotice notice = FailNotice.of(SignedReport.of(message.payload()).verified(facts.pins(), facts.site(),
                    device));
            boolean counts = notice.device().equals(device) && notice.site().equals(facts.site())
                    && FailNotice.topicLevel(notice.release()).equals(level)
                    && notice.profile().equals(facts.profile());
            boolean news = counts && conditions.failed(notice.release(), id(device));
            changed |= news;
            return news;
        } catch (RefusedException e) {
            LOG.log(Level.WARNING, "failure notice refused: device={0}, code={1}, {2}", device, e.code().word(),
                    e.getMessage());
            return false;
        }
    }

    /** What to write, if anything changed since the last call. */
    Optional<JsonObject> toWrite() {
        if (!changed) {
            return Optional.empty();
        }
        changed = false;
        List<JsonValue> seen = new ArrayList<>();
        conditions.failures().forEach((release, devices) -> seen.add(JsonObject.of(Map.of())
                .with("release", release.hex())
                .with("devices", JsonArray.ofTexts(devices.stream().sorted().toList()))));
        return Optional.of(JsonObject.of(Map.of())
                .with("own", JsonArray.ofTexts(own.stream().map(Base64.getEncoder()::encodeToString).toList()))
                .with("seen", new JsonArray(seen)));
    }

    static void write(Storage storage, JsonObject content) {
        StoredJson.write(storage, FILE, content);
    }

    private void take(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "failures");
        fields.texts("own", MOST_OWN, 512 << 10).forEach(text -> own.add(Base64.getDecoder().decode(text)));
        for (JsonValue each : fields.array("seen", 64)) {
            JsonFields entry = JsonFields.of(each, "seen");
            var release = new ContentDigest(entry.text("release", 64));
            entry.texts("devices", 1 << 16, 64).forEach(device -> conditions.failed(release, device));
        }
    }

    private MqttOutgoing outgoing(byte[] signed, ContentDigest release) {
        return MqttOutgoing.of(facts.topics().shared("_fail/" + FailNotice.topicLevel(release) + "/" + facts.device()),
                signed, 1, true);
    }

    private static Optional<ContentDigest> release(byte[] signed) {
        try {
            return Optional.of(FailNotice.of(SignedReport.of(signed).payload()).release());
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }

    /** Short, since thousands are kept. */
    private static String id(String device) {
        return ContentDigest.of(device.getBytes(StandardCharsets.UTF_8)).hex().substring(0, ID);
    }
}
