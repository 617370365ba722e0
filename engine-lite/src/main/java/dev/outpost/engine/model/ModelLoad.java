package dev.outpost.engine.model;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.MappedRead;
import dev.outpost.engine.gguf.TensorEntry;
import dev.outpost.engine.kernels.Kernels;
import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.kernels.RopeAngles;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.engine.memory.BlockArena;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The large allocations and the packing of one load; frees everything where it fails. */
final class ModelLoad {

    private static final float LEAST_ROPE_DIVISOR = 1e-3f;
    private static final float MOST_ROPE_DIVISOR = 1e6f;

    private ModelLoad() {}

    static Model run(GgufFile file, String architecture, Architecture.Network network, WeightTable table,
            Kernels kernels, MemoryPlan plan, KvType kvType, int maxRows) {
        var c = network.configuration();
        var weights = new BlockArena(plan.weights());
        var kv = new BlockArena(plan.kv() + (long) plan.parallel() * BlockArena.ALIGNMENT);
        boolean loaded = false;
        try {
            fill(file, table, kernels, weights);
            var angles = new RopeAngles(c.rope().frequencies(table.ropeDivisors()), plan.context(),
                    (float) c.rope().magnitude());
            var model = new LoadedModel(
                    new ModelShape(architecture, c.layers(), c.hidden(), c.vocabulary(), plan.context(), maxRows,
                            c.trainedContext()),
                    network, new ForwardPass(c, kernels, angles, maxRows), weights, kv,
                    slots(c, kvType, plan, kv));
            loaded = true;
            return model;
        } finally {
            if (!loaded) {
                weights.close();
                kv.close();
            }
        }
    }

    private static List<KvStore> slots(Configuration c, KvType type, MemoryPlan plan, BlockArena kv) {
        long bytes = KvStore.bytes(type, c.layers(), c.kvHeads(), c.headDim(), plan.context());
        var slots = new ArrayList<KvStore>(plan.parallel());
        for (int i = 0; i < plan.parallel(); i++) {
            slots.add(new KvStore(kv.allocate(bytes, BlockArena.ALIGNMENT), type, c.layers(), c.kvHeads(),
                    c.headDim(), plan.context()));
        }
        return slots;
    }

    /** In the order of the file, which a disk reads fastest. */
    private static void fill(GgufFile file, WeightTable table, Kernels kernels, BlockArena weights) {
        table.vectors().forEach((name, vector) -> vector.fill(decode(file, file.tensor(name).orElseThrow())));
        table.matrices().values().stream().sorted(Comparator.comparingLong(matrix -> matrix.entry().offset()))
                .forEach(matrix -> pack(file, matrix, kernels, weights));
        checkRopeDivisors(table);
        file.verifyUnchanged();
    }

    /** A divisor of zero would turn every angle into no number; real files hold 1 to about 64. */
    private static void checkRopeDivisors(WeightTable table) {
        float[] divisors = table.ropeDivisors();
        for (int i = 0; i < divisors.length; i++) {
            if (!(divisors[i] >= LEAST_ROPE_DIVISOR && divisors[i] <= MOST_ROPE_DIVISOR)) {
                throw new ModelRejectedException("hyper_parameter", "rope_freqs.weight", -1,
                        "frequency factor is out of range: index=" + i + ", expected=" + LEAST_ROPE_DIVISOR + ".."
                                + MOST_ROPE_DIVISOR + ", found=" + divisors[i]);
            }
        }
    }

    private static void pack(GgufFile file, WeightMatrix matrix, Kernels kernels, BlockArena weights) {
        var entry = matrix.entry();
        try (var mapping = Arena.ofShared()) {
            var source = file.map(entry, mapping);
            matrix.fill(MappedRead.guard(entry.name(), () -> kernels.pack(entry.name(), entry.type(), entry.rows(),
                    entry.columns(), source, weights)));
        }
    }

    private static float[] decode(GgufFile file, TensorEntry entry) {
        var values = new float[Math.toIntExact(entry.elements())];
        try (var mapping = Arena.ofShared()) {
            var source = file.map(entry, mapping);
            MappedRead.guard(entry.name(), () -> {
                entry.type().decode(source, 0, values, 0, values.length);
                return values;
            });
        }
        for (int i = 0; i < values.length; i++) {
            if (!Float.isFinite(values[i])) {
                throw new ModelRejectedException("non_finite_weight", entry.name(), entry.offset(),
                        "weight is not finite: index=" + i + ", found=" + values[i]);
            }
        }
        return values;
    }
}
