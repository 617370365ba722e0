package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.Map;

/**
 * A question whose answer is known, asked greedily (temperature 0).
 *
 * @param prompt one user message
 * @param expect text the answer must start with, blanks at both ends ignored
 * @param maxTokens tokens the answer may take
 */
public record GoldenQuestion(String prompt, String expect, int maxTokens) {
    JsonObject toJson() {
        return JsonObject.of(Map.of()).with("prompt", prompt).with("expect", expect).with("maxTokens", maxTokens);
    }

    static GoldenQuestion of(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "golden");
        return new GoldenQuestion(fields.text("prompt", 4096), fields.text("expect", 1024),
                (int) fields.whole("maxTokens", 1, 1024));
    }
}
