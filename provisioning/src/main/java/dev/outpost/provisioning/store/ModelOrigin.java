package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.Map;

/** How a stored file came to be trusted. */
public sealed interface ModelOrigin {
    /**
     * Named identically by a release and a fleet document whose signatures were verified.
     *
     * @param line the model line
     * @param counter the release's counter in that line
     */
    record Fleet(String line, long counter) implements ModelOrigin {}

    /**
     * The digest came from the catalogue of well-known models.
     *
     * @param entry the entry's name
     */
    record CatalogueEntry(String entry) implements ModelOrigin {}

    /**
     * Somebody with the right to write the store vouches for it.
     *
     * @param source where the operator took it from, for people
     */
    record Operator(String source) implements ModelOrigin {}

    /** One word for tables: {@code fleet}, {@code catalogue} or {@code operator}. */
    default String word() {
        return switch (this) {
            case Fleet fleet -> "fleet";
            case CatalogueEntry entry -> "catalogue";
            case Operator operator -> "operator";
        };
    }

    /** The form kept in the catalogue. */
    default JsonObject toJson() {
        JsonObject json = JsonObject.of(Map.of()).with("kind", word());
        return switch (this) {
            case Fleet(String line, long counter) -> json.with("line", line).with("counter", counter);
            case CatalogueEntry(String entry) -> json.with("entry", entry);
            case Operator(String source) -> json.with("source", source);
        };
    }

    /** Reads {@link #toJson}. */
    static ModelOrigin of(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "origin");
        String kind = fields.text("kind", 16);
        ModelOrigin origin = switch (kind) {
            case "fleet" ->
                new Fleet(fields.text("line", 64), fields.whole("counter", 0, JsonValue.JsonNumber.MAX_WHOLE));
            case "catalogue" -> new CatalogueEntry(fields.text("entry", 64));
            case "operator" -> new Operator(fields.text("source", 4096));
            default -> throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "unknown origin: kind=" + kind);
        };
        fields.end();
        return origin;
    }
}
