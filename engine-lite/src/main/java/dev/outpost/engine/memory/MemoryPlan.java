package dev.outpost.engine.memory;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a load will take, computed before the first large allocation. All in bytes.
 *
 * @param weights packed weights, counted fully resident
 * @param kv key-value cache of all slots
 * @param scratch activations, logits, rotation table; they lie on the heap but grow with the model
 * @param heap the rest of the Java heap as a serving process needs it: vocabulary, requests, new objects
 * @param jvm metaspace, code cache, stacks, the JVM itself
 * @param budget what may be used
 * @param context tokens of one request after fitting
 * @param parallel slots after fitting
 * @param reduced what was lowered to fit, such as {@code context}; empty where nothing was
 */
public record MemoryPlan(long weights, long kv, long scratch, long heap, long jvm, long budget, int context,
        int parallel, java.util.List<String> reduced) {

    public MemoryPlan {
        reduced = java.util.List.copyOf(reduced);
    }

    public long total() {
        return weights + kv + scratch + heap + jvm;
    }

    public boolean fits() {
        return total() <= budget;
    }

    /** The parts by name, in order of size class, {@code total} last. */
    public Map<String, Long> parts() {
        var parts = new LinkedHashMap<String, Long>();
        parts.put("weights", weights);
        parts.put("kv", kv);
        parts.put("scratch", scratch);
        parts.put("heap", heap);
        parts.put("jvm", jvm);
        parts.put("total", total());
        return parts;
    }
}
