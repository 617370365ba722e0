package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.StoredJson;
import dev.outpost.provisioning.storage.Storage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** Which blobs count, replaced whole at each change; a damaged one is rebuilt from the blobs (StoreRecovery). */
final class Catalogue {
    private static final int LIMIT = 4 << 20;

    private final Storage storage;
    private final String file;
    private final Map<ContentDigest, StoredModel> models = new LinkedHashMap<>();

    private Catalogue(Storage storage, String file) {
        this.storage = storage;
        this.file = file;
    }

    /** Reads the catalogue; empty when it is damaged. No file means an empty catalogue. */
    static Optional<Catalogue> open(Storage storage, String file) {
        Catalogue catalogue = new Catalogue(storage, file);
        if (!storage.exists(file)) {
            return Optional.of(catalogue);
        }
        try {
            return StoredJson.read(storage, file, LIMIT).map(json -> {
                catalogue.parse(json);
                return catalogue;
            });
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }

    static Catalogue empty(Storage storage, String file) {
        return new Catalogue(storage, file);
    }

    List<StoredModel> models() {
        return List.copyOf(models.values());
    }

    Optional<StoredModel> find(ContentDigest digest) {
        return Optional.ofNullable(models.get(digest));
    }

    /** Adds or replaces an entry and takes its names from all others, in one write; durable when it returns. */
    void put(StoredModel model) {
        for (StoredModel other : List.copyOf(models.values())) {
            StoredModel rest = other;
            for (String name : model.names()) {
                rest = rest.unnamed(name);
            }
            models.put(rest.digest(), rest);
        }
        models.put(model.digest(), model);
        save();
    }

    /** Removes an entry; durable when it returns. */
    void remove(ContentDigest digest) {
        if (models.remove(digest) != null) {
            save();
        }
    }

    private void save() {
        List<JsonValue> entries = new ArrayList<>();
        for (StoredModel model : models.values()) {
            entries.add(JsonObject.of(Map.of()).with("sha256", model.digest().hex()).with("bytes", model.bytes())
                    .with("blockList", model.blockList().hex()).with("names", JsonArray.ofTexts(model.names()))
                    .with("origin", model.origin().toJson()));
        }
        StoredJson.write(storage, file, JsonObject.of(Map.of("models", new JsonArray(entries))));
    }

    private void parse(JsonValue json) {
        JsonFields fields = JsonFields.of(json, "catalogue");
        for (JsonValue entry : fields.array("models", 10_000)) {
            JsonFields model = JsonFields.of(entry, "model");
            ContentDigest digest = new ContentDigest(model.text("sha256", 64));
            models.put(digest,
                    new StoredModel(digest, model.whole("bytes", 0, JsonValue.JsonNumber.MAX_WHOLE),
                            new ContentDigest(model.text("blockList", 64)), new TreeSet<>(model.texts("names", 64, 96)),
                            ModelOrigin.of(model.value("origin"))));
            model.end();
        }
        fields.end();
    }
}
