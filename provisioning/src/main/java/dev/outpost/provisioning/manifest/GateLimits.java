package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.Map;

/**
 * What a new model must show before it serves.
 *
 * @param minimumPassed golden questions that must be answered as expected
 * @param answerMillis longest time any one answer may take, milliseconds; 0 = no limit
 * @param trialAnswers good answers it must then give before it counts as good
 */
public record GateLimits(int minimumPassed, int answerMillis, int trialAnswers) {
    JsonObject toJson() {
        return JsonObject.of(Map.of()).with("minimumPassed", minimumPassed).with("answerMillis", answerMillis)
                .with("trialAnswers", trialAnswers);
    }

    static GateLimits of(JsonFields fields) {
        return new GateLimits((int) fields.whole("minimumPassed", 0, 64),
                (int) fields.whole("answerMillis", 0, 3_600_000), (int) fields.whole("trialAnswers", 0, 10_000));
    }
}
