package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * An order of the fleet role to one device. The set of operations is closed: there is no shell.
 *
 * @param site the site
 * @param device the device it is for
 * @param id names it, {@code [a-z0-9-]{1,64}}; a command that comes again under its id is answered, not run
 * @param operation what to do
 * @param arguments what the operation needs, such as an owner's order
 * @param counter counts up per device; a command is obeyed once
 * @param notAfterFloor after this, by the trusted time floor, it no longer counts; empty: it always does
 */
public record Command(String site, String device, String id, Operation operation, JsonObject arguments, long counter,
        Optional<Instant> notAfterFloor) {
    /** What a fleet may order. */
    public enum Operation {
        /** Send a report now. */
        REPORT,
        /** Ask the golden questions now. */
        GOLDEN,
        /** Announce everything afresh. */
        REBIRTH,
        /** Go back to the model before. */
        ROLLBACK,
        /** Forget the owner; carries the owner role's order. */
        TRANSFER,
        /** Forget everything; carries the owner role's order. */
        WIPE;

        /** The word in documents. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads {@link #word}. */
        public static Operation of(String word) {
            return Arrays.stream(values()).filter(operation -> operation.word().equals(word)).findFirst()
                    .orElseThrow(() -> new RefusedException(Refusal.MALFORMED_DOCUMENT,
                            "unknown operation: operation=" + word));
        }
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        return JsonObject.of(Map.of("args", arguments)).with("type", DocumentType.COMMAND.word()).with("site", site)
                .with("device", device).with("id", id).with("op", operation.word()).with("counter", counter)
                .with("notAfterFloor", notAfterFloor.map(Instant::toString).orElse(""));
    }

    /** Reads a payload. */
    public static Command of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "command");
        JsonValue arguments = fields.value("args");
        if (!(arguments instanceof JsonObject object)) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "arguments are not an object: member=command.args");
        }
        return new Command(Payload.identifier(fields.text("site", 64)), Payload.identifier(fields.text("device", 64)),
                Payload.identifier(fields.text("id", 64)), Operation.of(fields.text("op", 32)), object,
                fields.whole("counter", 1, JsonNumber.MAX_WHOLE), time(fields.text("notAfterFloor", 32)));
    }

    private static Optional<Instant> time(String text) {
        try {
            return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
        } catch (DateTimeException e) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "not a time: member=command.notAfterFloor");
        }
    }
}
