package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a device is and runs; travels in a {@link SignedReport}.
 *
 * @param site its site
 * @param device its id
 * @param bootId 16 hex digits, drawn at each start
 * @param runtime version of the runtime
 * @param jdk version of the Java runtime
 * @param tier kernel tier of the engine
 * @param profile device profile
 * @param models what the store holds
 * @param active digest (hex) of the active model; empty for none
 * @param update where the update stands
 * @param desiredVersion highest verified fleet document version; 0 before the first
 * @param rootVersion version of the trusted root; 0 for none
 * @param freshness what the last freshness exchange said
 */
public record DeviceReport(String site, String device, String bootId, String runtime, String jdk, String tier,
        String profile, List<Model> models, String active, Update update, long desiredVersion, long rootVersion,
        Freshness freshness) {
    /** The payload's type. */
    public static final String TYPE = "outpost/report/1";
    private static final int MOST_MODELS = 64;

    /** Copies the models, no more than the wire takes. */
    public DeviceReport {
        models = List.copyOf(models.subList(0, Math.min(models.size(), MOST_MODELS)));
    }

    /**
     * One stored model.
     *
     * @param digest its digest (hex)
     * @param names its names on the device
     * @param origin how it came to be trusted, in a word and a name
     */
    public record Model(String digest, List<String> names, String origin) {
        /** Copies the names. */
        public Model {
            names = List.copyOf(names);
        }

        private JsonObject toJson() {
            return JsonObject.of(Map.of()).with("digest", digest).with("names", JsonArray.ofTexts(names))
                    .with("origin", origin);
        }

        private static Model of(JsonValue json) {
            JsonFields fields = JsonFields.of(json, "model");
            Model model = new Model(WireText.digest(fields, "digest").hex(), fields.texts("names", 64, 256),
                    fields.text("origin", 256));
            fields.end();
            return model;
        }
    }

    /**
     * Where an update stands.
     *
     * @param state name of the state
     * @param line the model line; empty before the documents were verified
     * @param counter the release's counter
     * @param release digest (hex) of the release's payload; empty before
     * @param file digest (hex) of its file; empty before
     * @param attempt which try this is
     * @param outcome word of the outcome; empty until it has ended
     * @param refusal word of the refusal; empty for none
     * @param detail what happened, for people
     * @param fetchedBytes bytes that carriers brought
     * @param reusedBytes bytes that were here already
     * @param rollbackMillis how long a rollback took
     */
    public record Update(String state, String line, long counter, String release, String file, int attempt,
            String outcome, String refusal, String detail, long fetchedBytes, long reusedBytes, long rollbackMillis) {
        private static final int DETAIL = 2048;

        /** Cuts the detail to what the wire takes. */
        public Update {
            detail = detail.substring(0, Math.min(DETAIL, detail.length()));
        }

        private JsonObject toJson() {
            return JsonObject.of(Map.of()).with("state", state).with("line", line).with("counter", counter)
                    .with("release", release).with("file", file).with("attempt", attempt).with("outcome", outcome)
                    .with("refusal", refusal).with("detail", detail).with("fetchedBytes", fetchedBytes)
                    .with("reusedBytes", reusedBytes).with("rollbackMillis", rollbackMillis);
        }

        private static Update of(JsonFields fields) {
            long most = JsonNumber.MAX_WHOLE;
            Update update = new Update(fields.text("state", 32), fields.text("line", 64),
                    fields.whole("counter", 0, most), WireText.digestOrEmpty(fields, "release"),
                    WireText.digestOrEmpty(fields, "file"), (int) fields.whole("attempt", 0, 1000),
                    fields.text("outcome", 64), fields.text("refusal", 64), fields.text("detail", DETAIL),
                    fields.whole("fetchedBytes", 0, most), fields.whole("reusedBytes", 0, most),
                    fields.whole("rollbackMillis", 0, most));
            fields.end();
            return update;
        }
    }

    /**
     * What is known of newer versions.
     *
     * @param known whether an exchange succeeded since the start
     * @param behind what is older than the newest, such as {@code fleet device/box-7}
     * @param sinceMillis milliseconds since the last exchange, or since the start when there was none
     */
    public record Freshness(boolean known, List<String> behind, long sinceMillis) {
        /** Copies the list. */
        public Freshness {
            behind = List.copyOf(behind);
        }

        private JsonObject toJson() {
            return JsonObject.of(Map.of()).with("known", new JsonFlag(known))
                    .with("behind", JsonArray.ofTexts(behind)).with("sinceMillis", sinceMillis);
        }

        private static Freshness of(JsonFields fields) {
            Freshness freshness = new Freshness(WireText.flag(fields, "known"), fields.texts("behind", 512, 256),
                    fields.whole("sinceMillis", 0, JsonNumber.MAX_WHOLE));
            fields.end();
            return freshness;
        }
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        List<JsonValue> stored = new ArrayList<>();
        models.forEach(model -> stored.add(model.toJson()));
        return JsonObject.of(Map.of()).with("type", TYPE).with("site", site).with("device", device)
                .with("bootId", bootId).with("runtime", runtime).with("jdk", jdk).with("tier", tier)
                .with("profile", profile).with("models", new JsonArray(stored)).with("active", active)
                .with("update", update.toJson()).with("desiredVersion", desiredVersion)
                .with("rootVersion", rootVersion).with("freshness", freshness.toJson());
    }

    /** Whether a payload is a report of this kind. */
    public static boolean is(JsonObject payload) {
        return payload.members().get("type") instanceof JsonValue.JsonText text && text.text().equals(TYPE);
    }

    /** Reads a verified payload. */
    public static DeviceReport of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "report");
        if (!fields.text("type", 64).equals(TYPE)) {
            throw WireText.malformed("not a device report: expected=" + TYPE);
        }
        List<Model> models = new ArrayList<>();
        fields.array("models", MOST_MODELS).forEach(model -> models.add(Model.of(model)));
        DeviceReport report = new DeviceReport(WireText.identifier(fields, "site"),
                WireText.identifier(fields, "device"), WireText.bootId(fields), fields.text("runtime", 64),
                fields.text("jdk", 64), fields.text("tier", 64), fields.text("profile", 64), models,
                WireText.digestOrEmpty(fields, "active"), Update.of(fields.object("update")),
                fields.whole("desiredVersion", 0, JsonNumber.MAX_WHOLE),
                fields.whole("rootVersion", 0, JsonNumber.MAX_WHOLE), Freshness.of(fields.object("freshness")));
        fields.end();
        return report;
    }
}
