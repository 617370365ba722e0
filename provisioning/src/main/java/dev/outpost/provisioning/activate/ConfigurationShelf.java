package dev.outpost.provisioning.activate;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.StoredJson;
import dev.outpost.provisioning.storage.Storage;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The last three configurations the fleet has signed, newest first; each is verified before it is put here. What applies
 * is a pure function of one of them: when the newest does not apply, the caller takes the next.
 */
public final class ConfigurationShelf {
    private static final String DIRECTORY = "configuration";
    private static final int KEPT = 3;
    private static final int LIMIT = 256 << 10;

    private final Storage storage;

    /** @param storage the state directory */
    public ConfigurationShelf(Storage storage) {
        this.storage = storage;
        storage.makeDirectory(DIRECTORY);
        storage.syncDirectory(DIRECTORY);
    }

    /**
     * A configuration and the fleet document's version that named it.
     *
     * @param version the version
     * @param content the file
     */
    public record Configuration(long version, byte[] content) {
        /** Copies the content. */
        public Configuration {
            content = content.clone();
        }

        @Override
        public byte[] content() {
            return content.clone();
        }
    }

    /** Puts a configuration on the shelf; durable when it returns. An older version than the newest is ignored. */
    public void put(Configuration configuration) {
        List<Configuration> kept = kept();
        if (!kept.isEmpty() && kept.getFirst().version() >= configuration.version()) {
            return;
        }
        StoredJson.write(storage, DIRECTORY + "/" + configuration.version(),
                JsonObject.of(Map.of()).with("version", configuration.version()).with("content",
                        Base64.getEncoder().encodeToString(configuration.content())));
        for (int i = KEPT - 1; i < kept.size(); i++) {
            storage.delete(DIRECTORY + "/" + kept.get(i).version());
            storage.syncDirectory(DIRECTORY);
        }
    }

    /** What is on the shelf, newest first; damaged ones are left out. */
    public List<Configuration> kept() {
        List<Configuration> kept = new ArrayList<>();
        for (String name : storage.list(DIRECTORY)) {
            read(DIRECTORY + "/" + name).ifPresent(kept::add);
        }
        kept.sort(Collections.reverseOrder((a, b) -> Long.compare(a.version(), b.version())));
        return kept;
    }

    private Optional<Configuration> read(String file) {
        try {
            return StoredJson.read(storage, file, 2 * LIMIT).map(json -> {
                JsonFields fields = JsonFields.of(json, "configuration");
                return new Configuration(fields.whole("version", 1, JsonNumber.MAX_WHOLE),
                        Base64.getDecoder().decode(fields.text("content", 2 * LIMIT)));
            });
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }
}
