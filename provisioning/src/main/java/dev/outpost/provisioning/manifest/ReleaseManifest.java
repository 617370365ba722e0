package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a release is, said by the release role.
 *
 * @param kind what the file is for
 * @param line the model line, {@code [a-z0-9-]{1,64}}
 * @param counter counts up within the line
 * @param title for people
 * @param file the file
 * @param quantisation such as {@code Q4_K_M}; empty for other files
 * @param minimumRuntime oldest runtime that can serve it
 * @param profiles device profiles it is made for; empty = all
 * @param licence the licence's name
 * @param golden questions with expected answers
 * @param gate what it must show
 * @param quality measured figures by name, for people
 * @param issued when it was signed
 * @param expires after this, by the trusted time floor, it is no longer installed
 */
public record ReleaseManifest(TargetKind kind, String line, long counter, String title, FileNeed file,
        String quantisation, Version minimumRuntime, List<String> profiles, String licence, List<GoldenQuestion> golden,
        GateLimits gate, SortedMap<String, Double> quality, Instant issued, Instant expires) {
    /** Copies the collections. */
    public ReleaseManifest {
        profiles = List.copyOf(profiles);
        golden = List.copyOf(golden);
        quality = new TreeMap<>(quality);
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        List<JsonValue> questions = new ArrayList<>();
        golden.forEach(question -> questions.add(question.toJson()));
        SortedMap<String, JsonValue> figures = new TreeMap<>();
        quality.forEach((name, figure) -> figures.put(name, new JsonNumber(figure)));
        return Payload.of(DocumentType.RELEASE, issued, expires).with("kind", kind.word()).with("line", line)
                .with("counter", counter).with("title", title).with("file", file.toJson())
                .with("quantisation", quantisation).with("minimumRuntime", minimumRuntime.toString())
                .with("profiles", JsonArray.ofTexts(profiles)).with("licence", licence)
                .with("golden", new JsonArray(questions)).with("gate", gate.toJson())
                .with("quality", new JsonObject(figures));
    }

    /** Reads a payload. */
    public static ReleaseManifest of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "release");
        List<GoldenQuestion> golden = new ArrayList<>();
        fields.array("golden", 64).forEach(question -> golden.add(GoldenQuestion.of(question)));
        SortedMap<String, Double> quality = new TreeMap<>();
        JsonFields figures = fields.object("quality");
        figures.names().forEach(name -> quality.put(name, figures.decimal(name)));
        return new ReleaseManifest(TargetKind.of(fields.text("kind", 32)), Payload.identifier(fields.text("line", 64)),
                fields.whole("counter", 1, JsonNumber.MAX_WHOLE), fields.text("title", 256),
                FileNeed.of(fields.object("file")), fields.text("quantisation", 32),
                Version.parse(fields.text("minimumRuntime", 64)),
                fields.texts("profiles", 64, 64).stream().map(Payload::identifier).toList(),
                fields.text("licence", 256),
                golden, GateLimits.of(fields.object("gate")), quality, Payload.time(fields, "issued"),
                Payload.time(fields, "expires"));
    }
}
