package dev.outpost.runtime.update;

import dev.outpost.provisioning.UpdateOutcome;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Locale;
import java.util.Map;

/** An update's report as {@code outpost status} shows it: what is not known is left out. */
final class ReportJson {

    private ReportJson() {}

    static JsonObject of(UpdateReport report) {
        JsonObject json = JsonObject.of(Map.of()).with("state", report.state().name().toLowerCase(Locale.ROOT));
        json = with(json, "line", report.line());
        json = report.counter() > 0 ? json.with("counter", report.counter()) : json;
        json = with(json, "file", report.file().map(ContentDigest::hex).orElse(""));
        json = report.attempt() > 1 ? json.with("attempt", report.attempt()) : json;
        json = with(json, "outcome", report.outcome().map(UpdateOutcome::word).orElse(""));
        json = with(json, "refusal", report.refusal().map(Refusal::word).orElse(""));
        json = with(json, "detail", report.detail());
        json = report.fetchedBytes() > 0 ? json.with("fetchedBytes", report.fetchedBytes()) : json;
        json = report.reusedBytes() > 0 ? json.with("reusedBytes", report.reusedBytes()) : json;
        return report.rollbackMillis() > 0 ? json.with("rollbackMillis", report.rollbackMillis()) : json;
    }

    private static JsonObject with(JsonObject json, String name, String text) {
        return text.isEmpty() ? json : json.with(name, text);
    }
}
