package dev.outpost.runtime.config;

import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads YAML 1.2, of which JSON is a part, as plain values: for files that are not settings. */
public final class YamlText {

    private static final int MOST_BYTES = 1 << 20;

    private YamlText() {}

    /**
     * Reads one document.
     *
     * @return maps, lists, texts, numbers and flags
     * @throws IllegalArgumentException with line and column when it is not well-formed, has duplicate keys or aliases that
     *         grow
     */
    public static Object read(String text) {
        var settings = LoadSettings.builder().setCodePointLimit(MOST_BYTES).setAllowDuplicateKeys(false)
                .setMaxAliasesForCollections(0).build();
        try {
            return new Load(settings).loadFromString(text);
        } catch (YamlEngineException e) {
            throw new IllegalArgumentException("not well-formed YAML: " + e.getMessage(), e);
        }
    }
}
