package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Who signs for a role.
 *
 * @param threshold how many signers must have signed
 * @param signers each signer's key ids; a signer has signed when every one of its keys has (Ed25519 and ML-DSA-65 for root)
 */
public record RoleKeys(int threshold, List<List<ContentDigest>> signers) {
    private static final int MAX_SIGNERS = 16;
    private static final int MAX_KEYS_PER_SIGNER = 4;

    /** Copies the lists. */
    public RoleKeys {
        signers = signers.stream().map(List::copyOf).toList();
    }

    JsonObject toJson() {
        List<JsonValue> all = new ArrayList<>();
        for (List<ContentDigest> signer : signers) {
            all.add(JsonArray.ofTexts(signer.stream().map(ContentDigest::hex).toList()));
        }
        return JsonObject.of(Map.of()).with("threshold", threshold).with("signers", new JsonArray(all));
    }

    static RoleKeys of(JsonFields fields) {
        int threshold = (int) fields.whole("threshold", 1, MAX_SIGNERS);
        List<List<ContentDigest>> signers = new ArrayList<>();
        for (JsonValue signer : fields.array("signers", MAX_SIGNERS)) {
            JsonFields wrapped = JsonFields.of(JsonObject.of(Map.of("keys", signer)), "signer");
            signers.add(wrapped.texts("keys", MAX_KEYS_PER_SIGNER, 64).stream().map(ContentDigest::new).toList());
        }
        return new RoleKeys(threshold, signers);
    }
}
