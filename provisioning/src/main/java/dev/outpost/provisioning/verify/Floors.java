package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What this device will not go below again.
 *
 * @param offlineTime latest time said by root and release documents, or the build
 * @param onlineTime latest time said by the online roles
 * @param fleet highest fleet document by addressee key
 * @param announced highest fleet version that the freshness role announced, by addressee key
 * @param releases highest release by line
 * @param counters highest used counter of claims and ownership commands
 * @param onlineKeys digest of the online roles' keys under which the online floors were reached
 */
record Floors(Instant offlineTime, Instant onlineTime, SortedMap<String, Mark> fleet, SortedMap<String, Long> announced,
        SortedMap<String, Mark> releases, SortedMap<String, Long> counters, ContentDigest onlineKeys) {
    static Floors at(Instant buildTime) {
        return new Floors(buildTime, buildTime, new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>(),
                ContentDigest.of(new byte[0]));
    }

    /** The trusted time floor. */
    Instant time() {
        return later(offlineTime, onlineTime);
    }

    Floors withOfflineTime(Instant time) {
        return new Floors(later(offlineTime, time), onlineTime, fleet, announced, releases, counters, onlineKeys);
    }

    Floors withOnlineTime(Instant time) {
        return new Floors(offlineTime, later(onlineTime, time), fleet, announced, releases, counters, onlineKeys);
    }

    Floors withFleet(String addressee, Mark mark) {
        SortedMap<String, Mark> raised = new TreeMap<>(fleet);
        raised.merge(addressee, mark, Mark::higher);
        return new Floors(offlineTime, onlineTime, raised, announced, releases, counters, onlineKeys);
    }

    Floors withAnnounced(String addressee, long version) {
        SortedMap<String, Long> raised = new TreeMap<>(announced);
        raised.merge(addressee, version, Math::max);
        return new Floors(offlineTime, onlineTime, fleet, raised, releases, counters, onlineKeys);
    }

    Floors withRelease(String line, Mark mark) {
        SortedMap<String, Mark> raised = new TreeMap<>(releases);
        raised.merge(line, mark, Mark::higher);
        return new Floors(offlineTime, onlineTime, fleet, announced, raised, counters, onlineKeys);
    }

    Floors withCounter(String name, long counter) {
        SortedMap<String, Long> raised = new TreeMap<>(counters);
        raised.merge(name, counter, Math::max);
        return new Floors(offlineTime, onlineTime, fleet, announced, releases, raised, onlineKeys);
    }

    /** These floors under some online keys: under others, what a stolen key may have pushed up is forgotten. */
    Floors under(ContentDigest keys) {
        return keys.equals(onlineKeys)
                ? this
                : new Floors(offlineTime, offlineTime, new TreeMap<>(), new TreeMap<>(), releases, counters, keys);
    }

    /** The higher of two copies in everything. */
    Floors higher(Floors other) {
        Floors merged = withOfflineTime(other.offlineTime).withOnlineTime(other.onlineTime);
        for (Map.Entry<String, Mark> entry : other.fleet.entrySet()) {
            merged = merged.withFleet(entry.getKey(), entry.getValue());
        }
        for (Map.Entry<String, Long> entry : other.announced.entrySet()) {
            merged = merged.withAnnounced(entry.getKey(), entry.getValue());
        }
        for (Map.Entry<String, Mark> entry : other.releases.entrySet()) {
            merged = merged.withRelease(entry.getKey(), entry.getValue());
        }
        for (Map.Entry<String, Long> entry : other.counters.entrySet()) {
            merged = merged.withCounter(entry.getKey(), entry.getValue());
        }
        return merged;
    }

    JsonObject toJson() {
        return JsonObject.of(Map.of()).with("offlineTime", offlineTime.getEpochSecond())
                .with("onlineTime", onlineTime.getEpochSecond()).with("fleet", marks(fleet))
                .with("announced", numbers(announced)).with("releases", marks(releases))
                .with("counters", numbers(counters)).with("onlineKeys", onlineKeys.hex());
    }

    static Floors of(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "floors");
        return new Floors(Instant.ofEpochSecond(fields.whole("offlineTime", 0, JsonNumber.MAX_WHOLE)),
                Instant.ofEpochSecond(fields.whole("onlineTime", 0, JsonNumber.MAX_WHOLE)),
                marks(fields.object("fleet")), numbers(fields.object("announced")), marks(fields.object("releases")),
                numbers(fields.object("counters")), new ContentDigest(fields.text("onlineKeys", 64)));
    }

    private static Instant later(Instant a, Instant b) {
        return a.isBefore(b) ? b : a;
    }

    private static JsonObject marks(SortedMap<String, Mark> marks) {
        SortedMap<String, JsonValue> members = new TreeMap<>();
        marks.forEach((name, mark) -> members.put(name, mark.toJson()));
        return new JsonObject(members);
    }

    private static JsonObject numbers(SortedMap<String, Long> numbers) {
        SortedMap<String, JsonValue> members = new TreeMap<>();
        numbers.forEach((name, number) -> members.put(name, JsonNumber.of(number)));
        return new JsonObject(members);
    }

    private static SortedMap<String, Mark> marks(JsonFields fields) {
        SortedMap<String, Mark> marks = new TreeMap<>();
        fields.names().forEach(name -> marks.put(name, Mark.of(fields.value(name))));
        return marks;
    }

    private static SortedMap<String, Long> numbers(JsonFields fields) {
        SortedMap<String, Long> numbers = new TreeMap<>();
        fields.names().forEach(name -> numbers.put(name, fields.whole(name, 0, JsonNumber.MAX_WHOLE)));
        return numbers;
    }
}
