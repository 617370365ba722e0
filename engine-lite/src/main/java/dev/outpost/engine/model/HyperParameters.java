package dev.outpost.engine.model;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.GgufMetadata;
import java.util.Optional;

/**
 * The metadata keys of one architecture ({@code llama.block_count} is {@code block_count} here), each read with the
 * range it must lie in. Immutable.
 */
public final class HyperParameters {

    /** Named in every GGUF file of a language model; its rows are the tokens. */
    static final String EMBEDDING = "token_embd.weight";

    private final GgufFile file;
    private final GgufMetadata metadata;
    private final String architecture;

    HyperParameters(GgufFile file, String architecture) {
        this.file = file;
        this.metadata = file.metadata();
        this.architecture = architecture;
    }

    public boolean has(String key) {
        return metadata.has(name(key));
    }

    /** A required integer in {@code least..most}. */
    public int integer(String key, int least, int most) {
        long found = metadata.integer(name(key)).orElseThrow(() -> missing(key));
        return (int) inRange(key, found, least, most);
    }

    /** An integer in {@code least..most}; {@code absent} where the file has none, checked as well. */
    public int integer(String key, int least, int most, int absent) {
        return (int) inRange(key, metadata.integer(name(key)).orElse(absent), least, most);
    }

    /** A required number in {@code least..most}. */
    public double decimal(String key, double least, double most) {
        return inRange(key, metadata.decimal(name(key)).orElseThrow(() -> missing(key)), least, most);
    }

    /** A number in {@code least..most}; {@code absent} where the file has none. */
    public double decimal(String key, double least, double most, double absent) {
        return inRange(key, metadata.decimal(name(key)).orElse(absent), least, most);
    }

    public Optional<String> word(String key) {
        return metadata.string(name(key));
    }

    /** Rows of the token embedding; {@code vocab_size}, where given, must agree. */
    public int vocabulary() {
        var embedding = file.tensor(EMBEDDING).orElseThrow(() -> WeightTable.missing(EMBEDDING));
        int rows = embedding.rows();
        int stated = integer("vocab_size", 1, Integer.MAX_VALUE, rows);
        require("vocab_size", stated == rows, "rows of " + EMBEDDING + "=" + rows, stated);
        return rows;
    }

    /** Rejects the file unless {@code holds}. */
    public void require(String key, boolean holds, String expected, Object found) {
        if (!holds) {
            throw new ModelRejectedException("hyper_parameter", name(key), metadata.offset(name(key)),
                    "value does not fit the others: expected " + expected + ", found=" + found);
        }
    }

    /** Rejects a file that asks for something this engine does not have. */
    public void refuseAbove(String key, int most, String why) {
        long found = metadata.integer(name(key)).orElse(0);
        if (found > most) {
            throw new ModelRejectedException("unsupported_feature", name(key), metadata.offset(name(key)),
                    why + ": expected at most " + most + ", found=" + found);
        }
    }

    /** A word among several that this engine does not know. */
    ModelRejectedException unknownWord(String key, String expected) {
        return new ModelRejectedException("unsupported_feature", name(key), metadata.offset(name(key)),
                "unknown word: expected " + expected);
    }

    private String name(String key) {
        return architecture + "." + key;
    }

    private ModelRejectedException missing(String key) {
        return new ModelRejectedException("missing_metadata", name(key), -1, "required key is absent");
    }

    private long inRange(String key, long found, long least, long most) {
        if (found < least || found > most) {
            throw outOfRange(key, least + ".." + most, Long.toString(found));
        }
        return found;
    }

    private double inRange(String key, double found, double least, double most) {
        if (!(found >= least && found <= most)) {
            throw outOfRange(key, least + ".." + most, Double.toString(found));
        }
        return found;
    }

    private ModelRejectedException outOfRange(String key, String expected, String found) {
        return new ModelRejectedException("hyper_parameter", name(key), metadata.offset(name(key)),
                "value out of range: expected " + expected + ", found=" + found);
    }
}
