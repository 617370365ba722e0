package dev.outpost.provisioning.identity;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.DocumentType;
import java.util.Map;

/**
 * An order of the owner role.
 *
 * @param site the site
 * @param device the device it is for
 * @param operation what to do
 * @param counter counts up per device; an order is obeyed once
 */
public record OwnershipCommand(String site, String device, Operation operation, long counter) {
    /** What an owner may order. */
    public enum Operation {
        /** Forget key, certificates, claim and trust; models stay for the next owner. */
        TRANSFER("transfer"),
        /** Forget everything. */
        WIPE("wipe");

        private final String word;

        Operation(String word) {
            this.word = word;
        }

        /** The word in documents. */
        public String word() {
            return word;
        }
    }

    /** The payload to sign. */
    public JsonObject toJson() {
        return JsonObject.of(Map.of()).with("type", DocumentType.OWNER.word()).with("site", site).with("device", device)
                .with("operation", operation.word()).with("counter", counter);
    }

    /** Reads a payload. */
    public static OwnershipCommand of(JsonObject payload) {
        JsonFields fields = JsonFields.of(payload, "owner");
        String word = fields.text("operation", 16);
        for (Operation operation : Operation.values()) {
            if (operation.word().equals(word)) {
                return new OwnershipCommand(fields.text("site", 64), fields.text("device", 64), operation,
                        fields.whole("counter", 1, JsonNumber.MAX_WHOLE));
            }
        }
        throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "unknown ownership operation: operation=" + word);
    }
}
