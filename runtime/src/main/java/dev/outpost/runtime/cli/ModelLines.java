package dev.outpost.runtime.cli;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Stored models as lines of a table. */
final class ModelLines {
    private static final int MANY = 100_000;
    private static final double MEBI = 1 << 20;
    private static final String FORMAT = "%-32s %-12s %12s  %-9s %s";

    private ModelLines() {}

    static List<String> table(List<JsonValue> models) {
        var lines = new ArrayList<String>();
        lines.add(String.format(Locale.ROOT, FORMAT, "NAME", "DIGEST", "SIZE", "ORIGIN", "").stripTrailing());
        models.forEach(model -> lines.add(line((JsonObject) model)));
        return lines;
    }

    static String line(JsonObject model) {
        JsonFields fields = JsonFields.of(model, "model");
        String names = String.join(",", fields.texts("names", MANY, MANY));
        double mebibytes = fields.whole("bytes", 0, JsonNumber.MAX_WHOLE) / MEBI;
        return String.format(Locale.ROOT, FORMAT, names.isEmpty() ? "-" : names,
                fields.text("digest", 64).substring(0, 12), String.format(Locale.ROOT, "%.1f MiB", mebibytes),
                fields.text("origin", 64), state(fields)).stripTrailing();
    }

    private static String state(JsonFields fields) {
        if (fields.has("active")) {
            boolean proven = fields.value("proven").equals(new JsonValue.JsonFlag(true));
            return proven ? "active" : "active, on trial";
        }
        return fields.has("previous") ? "previous" : "";
    }
}
