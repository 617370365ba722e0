package dev.outpost.provisioning;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the journal holds: the report, what a trial needs when the documents can no longer be verified, and the releases
 * that are not tried again.
 *
 * @param report the report
 * @param trialAnswers good answers the trial needs
 * @param spent digests of releases that failed here, oldest first
 */
record UpdateEntry(UpdateReport report, int trialAnswers, List<ContentDigest> spent) {
    private static final int MAX_SPENT = 32;

    static final UpdateEntry NONE = new UpdateEntry(UpdateReport.NONE, 0, List.of());

    UpdateEntry {
        spent = List.copyOf(spent);
    }

    UpdateEntry with(UpdateReport next) {
        return new UpdateEntry(next, trialAnswers, spent);
    }

    UpdateEntry withTrial(int answers) {
        return new UpdateEntry(report, answers, spent);
    }

    UpdateEntry withSpent(ContentDigest release) {
        List<ContentDigest> more = new ArrayList<>(spent);
        more.remove(release);
        more.add(release);
        return new UpdateEntry(report, trialAnswers, more.subList(Math.max(0, more.size() - MAX_SPENT), more.size()));
    }

    JsonObject toJson() {
        return JsonObject.of(Map.of()).with("state", report.state().name()).with("line", report.line())
                .with("counter", report.counter()).with("release", hex(report.release()))
                .with("file", hex(report.file())).with("attempt", report.attempt())
                .with("refusal", report.refusal().map(Refusal::word).orElse("")).with("detail", report.detail())
                .with("fetched", report.fetchedBytes()).with("reused", report.reusedBytes())
                .with("rollbackMillis", report.rollbackMillis()).with("trialAnswers", trialAnswers)
                .with("spent", JsonArray.ofTexts(spent.stream().map(ContentDigest::hex).toList()));
    }

    static UpdateEntry of(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "update");
        String refusal = fields.text("refusal", 64);
        UpdateReport report = new UpdateReport(UpdateState.valueOf(fields.text("state", 64)), fields.text("line", 64),
                fields.whole("counter", 0, JsonNumber.MAX_WHOLE), digest(fields.text("release", 64)),
                digest(fields.text("file", 64)), (int) fields.whole("attempt", 0, 1000),
                refusal.isEmpty() ? Optional.empty() : Optional.of(Refusal.valueOf(refusal.toUpperCase(Locale.ROOT))),
                fields.text("detail", 4096), fields.whole("fetched", 0, JsonNumber.MAX_WHOLE),
                fields.whole("reused", 0, JsonNumber.MAX_WHOLE),
                fields.whole("rollbackMillis", 0, JsonNumber.MAX_WHOLE));
        return new UpdateEntry(report, (int) fields.whole("trialAnswers", 0, 10_000),
                fields.texts("spent", MAX_SPENT, 64).stream().map(ContentDigest::new).toList());
    }

    private static String hex(Optional<ContentDigest> digest) {
        return digest.map(ContentDigest::hex).orElse("");
    }

    private static Optional<ContentDigest> digest(String hex) {
        return hex.isEmpty() ? Optional.empty() : Optional.of(new ContentDigest(hex));
    }
}
