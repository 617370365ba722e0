package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a fleet is set up with: {@code fleet.json}, which a manager may edit.
 *
 * @param site the site, {@code [a-z0-9-]{1,64}}
 * @param links broker addresses by link name, such as {@code fleet -> mqtts://broker.example:8883}
 * @param enrolUrl where devices send certificate requests by HTTPS; empty for MQTT and stick alone
 * @param rangeUrls where released files are offered by HTTPS
 * @param offlineDays longest time a device may be out of reach; certificates last three times as long
 * @param documentDays how long a fleet document holds
 * @param database JDBC address; empty for the SQLite file of the directory
 */
public record FleetSettings(String site, SortedMap<String, String> links, String enrolUrl, List<String> rangeUrls,
        int offlineDays, int documentDays, String database) {

    /** Shipped default: certificates of a year. */
    public static final int OFFLINE_DAYS = 122;
    /** Shipped default of {@code documentDays}. */
    public static final int DOCUMENT_DAYS = 365;
    static final int LIMIT = 64 << 10;
    private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,64}");
    private static final Pattern BROKER = Pattern.compile("(mqtts?|tcp|ssl)://[^\\s/]+");

    /** Copies the collections and checks names and addresses. */
    public FleetSettings {
        links = new TreeMap<>(links);
        rangeUrls = List.copyOf(rangeUrls);
        requireId("site", site);
        links.forEach((name, address) -> {
            requireId("link", name);
            if (!BROKER.matcher(address).matches()) {
                throw new FleetException(FleetException.Reason.INPUT,
                        "not a broker's address: expected=mqtts://HOST:PORT, found=" + address);
            }
        });
        if (offlineDays < 1 || offlineDays > 3650 || documentDays < 1 || documentDays > 3650) {
            throw new FleetException(FleetException.Reason.INPUT, "days are out of range: expected=1 to 3650, "
                    + "offlineDays=" + offlineDays + ", documentDays=" + documentDays);
        }
    }

    /** How long a device's certificate holds. */
    public Duration certificateLife() {
        return Duration.ofDays(3L * offlineDays);
    }

    /** Refuses what may not be part of a topic or file name. */
    static String requireId(String what, String text) {
        if (!ID.matcher(text).matches()) {
            throw new FleetException(FleetException.Reason.INPUT,
                    what + ": expected=[a-z0-9-]{1,64}, found=" + text);
        }
        return text;
    }

    /** One member a line. */
    byte[] encode() {
        JsonObject json = JsonObject.of(Map.of()).with("site", site).with("links", texts(links))
                .with("enrolUrl", enrolUrl).with("rangeUrls", JsonArray.ofTexts(rangeUrls))
                .with("offlineDays", offlineDays).with("documentDays", documentDays).with("database", database);
        return json.members().entrySet().stream()
                .map(member -> "  \"" + member.getKey() + "\": " + JsonWriter.text(member.getValue()))
                .collect(Collectors.joining(",\n", "{\n", "\n}\n")).getBytes(StandardCharsets.UTF_8);
    }

    static FleetSettings of(byte[] file) {
        try {
            JsonFields fields = JsonFields.of(JsonReader.read(file, LIMIT), "fleet.json");
            SortedMap<String, String> links = new TreeMap<>();
            JsonFields addresses = fields.object("links");
            new ArrayList<>(addresses.names()).forEach(name -> links.put(name, addresses.text(name, 512)));
            var settings = new FleetSettings(fields.text("site", 64), links, fields.text("enrolUrl", 512),
                    fields.texts("rangeUrls", 16, 512), (int) fields.whole("offlineDays", 1, 3650),
                    (int) fields.whole("documentDays", 1, 3650), fields.text("database", 1024));
            fields.end();
            return settings;
        } catch (RefusedException e) {
            throw new FleetException(FleetException.Reason.INPUT, "fleet.json: " + e.getMessage(), e);
        }
    }

    private static JsonObject texts(SortedMap<String, String> texts) {
        JsonObject json = JsonObject.of(Map.of());
        for (Map.Entry<String, String> entry : texts.entrySet()) {
            json = json.with(entry.getKey(), entry.getValue());
        }
        return json;
    }
}
