package dev.outpost.provisioning;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.StoredJson;
import dev.outpost.provisioning.storage.Storage;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;

/**
 * The two signed documents of an offer, kept as they arrived so that a restart can verify them again.
 *
 * @param fleet the fleet document
 * @param release the release
 */
public record UpdateOffer(byte[] fleet, byte[] release) {
    private static final String FILE = "update/offer";
    private static final int LIMIT = 512 << 10;

    /** Copies both. */
    public UpdateOffer {
        fleet = fleet.clone();
        release = release.clone();
    }

    @Override
    public byte[] fleet() {
        return fleet.clone();
    }

    @Override
    public byte[] release() {
        return release.clone();
    }

    /** Whether both documents are the same bytes. */
    public boolean same(UpdateOffer other) {
        return Arrays.equals(fleet, other.fleet) && Arrays.equals(release, other.release);
    }

    void keep(Storage storage) {
        storage.makeDirectory(Storage.parent(FILE));
        Base64.Encoder base64 = Base64.getEncoder();
        StoredJson.write(storage, FILE, JsonObject.of(Map.of()).with("fleet", base64.encodeToString(fleet))
                .with("release", base64.encodeToString(release)));
    }

    static Optional<UpdateOffer> kept(Storage storage) {
        return StoredJson.read(storage, FILE, LIMIT).map(json -> {
            JsonFields fields = JsonFields.of(json, "offer");
            Base64.Decoder base64 = Base64.getDecoder();
            return new UpdateOffer(base64.decode(fields.text("fleet", LIMIT)),
                    base64.decode(fields.text("release", LIMIT)));
        });
    }
}
