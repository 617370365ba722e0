package dev.outpost.provisioning.store;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Which blobs count, replaced whole at each change. The first line is the SHA-256 of the rest, so that a damaged
 * catalogue is known as such and rebuilt from the blobs, whose names are their digests.
 */
final class Catalogue {
    private static final int LIMIT = 4 << 20;
    private static final int HEAD = 2 * ContentDigest.BYTES + 1;

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
        try {
            Optional<byte[]> content = AtomicFile.read(storage, file, LIMIT);
            if (content.isEmpty() || catalogue.parse(content.get())) {
                return Optional.of(catalogue);
            }
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
        return Optional.empty();
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
        String body = JsonWriter.text(JsonObject.of(Map.of("models", new JsonArray(entries))));
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        byte[] head = (ContentDigest.of(bytes).hex() + "\n").getBytes(StandardCharsets.US_ASCII);
        byte[] content = Arrays.copyOf(head, head.length + bytes.length);
        System.arraycopy(bytes, 0, content, head.length, bytes.length);
        AtomicFile.write(storage, file, content);
    }

    private boolean parse(byte[] content) {
        if (content.length < HEAD) {
            return false;
        }
        byte[] body = Arrays.copyOfRange(content, HEAD, content.length);
        String head = new String(content, 0, HEAD - 1, StandardCharsets.US_ASCII);
        if (!ContentDigest.of(body).hex().equals(head)) {
            return false;
        }
        JsonFields fields = JsonFields.of(JsonReader.read(body, LIMIT), "catalogue");
        for (JsonValue entry : fields.array("models", 10_000)) {
            JsonFields model = JsonFields.of(entry, "model");
            ContentDigest digest = new ContentDigest(model.text("sha256", 64));
            models.put(digest,
                    new StoredModel(digest, model.whole("bytes", 0, JsonValue.JsonNumber.MAX_WHOLE),
                            new ContentDigest(model.text("blockList", 64)), new TreeSet<>(model.texts("names", 64, 64)),
                            ModelOrigin.of(model.value("origin"))));
            model.end();
        }
        fields.end();
        return true;
    }
}
