package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.time.Instant;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is newest, said by the freshness role for one nonce: a freeze shows in one exchange, whatever the clock says.
 *
 * @param nonce the device's random text, repeated
 * @param rootVersion newest root
 * @param fleetVersions newest fleet documents by addressee key
 * @param releases newest counters by line
 * @param issued when it was signed
 */
public record FreshnessAnswer(String nonce, long rootVersion, SortedMap<String, Long> fleetVersions,
        SortedMap<String, Long> releases, Instant issued) {
    /** Copies the maps. */
    public FreshnessAnswer {
        fleetVersions = new TreeMap<>(fleetVersions);
        releases = new TreeMap<>(releases);
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        return Payload.of(DocumentType.FRESHNESS, issued).with("nonce", nonce).with("rootVersion", rootVersion)
                .with("fleetVersions", numbers(fleetVersions)).with("releases", numbers(releases));
    }

    /** Reads a payload. */
    public static FreshnessAnswer of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "freshness");
        return new FreshnessAnswer(fields.text("nonce", 64), fields.whole("rootVersion", 1, JsonNumber.MAX_WHOLE),
                numbers(fields.object("fleetVersions")), numbers(fields.object("releases")),
                Payload.time(fields, "issued"));
    }

    private static JsonObject numbers(SortedMap<String, Long> numbers) {
        SortedMap<String, JsonValue> members = new TreeMap<>();
        numbers.forEach((name, number) -> members.put(name, JsonNumber.of(number)));
        return new JsonObject(members);
    }

    private static SortedMap<String, Long> numbers(JsonFields fields) {
        SortedMap<String, Long> numbers = new TreeMap<>();
        fields.names().forEach(name -> numbers.put(name, fields.whole(name, 0, JsonNumber.MAX_WHOLE)));
        return numbers;
    }
}
