package dev.outpost.runtime.fleet.hub;

import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.TensorEntry;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;

/** What a model file says of itself that a release repeats. */
public final class ModelFacts {
    /** {@code general.file_type} of the GGUF description; what is not listed is named by its largest tensor type. */
    private static final Map<Long, String> FILE_TYPES = Map.ofEntries(Map.entry(0L, "F32"), Map.entry(1L, "F16"),
            Map.entry(2L, "Q4_0"), Map.entry(3L, "Q4_1"), Map.entry(7L, "Q8_0"), Map.entry(8L, "Q5_0"),
            Map.entry(9L, "Q5_1"), Map.entry(10L, "Q2_K"), Map.entry(11L, "Q3_K_S"), Map.entry(12L, "Q3_K_M"),
            Map.entry(13L, "Q3_K_L"), Map.entry(14L, "Q4_K_S"), Map.entry(15L, "Q4_K_M"), Map.entry(16L, "Q5_K_S"),
            Map.entry(17L, "Q5_K_M"), Map.entry(18L, "Q6_K"), Map.entry(32L, "BF16"));

    private ModelFacts() {}

    /** The name of a file's quantisation, such as {@code Q4_K_M}. */
    public static String quantisation(Path model) {
        try (GgufFile file = GgufFile.open(model)) {
            var type = file.metadata().integer("general.file_type");
            if (type.isPresent() && FILE_TYPES.containsKey(type.getAsLong())) {
                return FILE_TYPES.get(type.getAsLong());
            }
            var bytes = new TreeMap<String, Long>();
            for (TensorEntry tensor : file.tensors()) {
                bytes.merge(tensor.type().name(), tensor.bytes(), Long::sum);
            }
            return bytes.entrySet().stream().max(Comparator.comparingLong(Map.Entry::getValue)).map(Map.Entry::getKey)
                    .orElse("");
        }
    }
}
