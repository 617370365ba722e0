package dev.outpost.runtime.update;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.Map;

/**
 * What answers may depend on besides the model; when one changes, the golden questions are asked anew.
 *
 * @param runtime version of this runtime
 * @param jdk version of the Java virtual machine
 * @param tier kernel tier in use
 * @param driver version of the accelerator's driver; {@code none} without one
 */
public record GoldenFacts(String runtime, String jdk, String tier, String driver) {

    GoldenFacts withTier(String newTier) {
        return new GoldenFacts(runtime, jdk, newTier, driver);
    }

    JsonObject toJson() {
        return JsonObject.of(Map.of()).with("runtime", runtime).with("jdk", jdk).with("tier", tier).with("driver",
                driver);
    }

    static GoldenFacts of(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "facts");
        return new GoldenFacts(fields.text("runtime", 256), fields.text("jdk", 256), fields.text("tier", 64),
                fields.text("driver", 256));
    }

    /**
     * The last run.
     *
     * @param facts what held then
     * @param file digest of the model that was asked
     * @param best most answers this model ever had right
     * @param epochSeconds when, by the clock of then; only says when to run again
     */
    record Run(GoldenFacts facts, String file, int best, long epochSeconds) {
        JsonObject toJson() {
            return JsonObject.of(Map.of("facts", facts.toJson())).with("file", file).with("best", best)
                    .with("epochSeconds", epochSeconds);
        }

        static Run of(JsonValue json) {
            JsonFields fields = JsonFields.of(json, "golden run");
            return new Run(GoldenFacts.of(fields.value("facts")), fields.text("file", 64),
                    (int) fields.whole("best", 0, 64), fields.whole("epochSeconds", 0, JsonNumber.MAX_WHOLE));
        }
    }
}
