package dev.outpost.engine.model;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.TensorEntry;
import dev.outpost.engine.kernels.Kernels;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.engine.memory.BlockArena;
import dev.outpost.engine.quant.QuantType;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A checked model file that is ready to be planned and loaded. Reading allocates nothing that grows with the model.
 * Borrows the file; one thread.
 */
public final class ModelReader {

    private static final String ARCHITECTURE = "general.architecture";

    private final GgufFile file;
    private final String architecture;
    private final Architecture.Network network;
    private final WeightTable weights;

    private ModelReader(GgufFile file, String architecture, Architecture.Network network, WeightTable weights) {
        this.file = file;
        this.architecture = architecture;
        this.network = network;
        this.weights = weights;
    }

    /**
     * Checks hyper-parameters and tensors.
     *
     * @param known architectures that can be run
     * @throws ModelRejectedException for an unknown architecture, a value out of range, a tensor that is missing,
     *         misshapen or not asked for
     */
    public static ModelReader read(GgufFile file, List<? extends Architecture> known) {
        String name = file.metadata().string(ARCHITECTURE)
                .orElseThrow(() -> new ModelRejectedException("missing_metadata", ARCHITECTURE, -1,
                        "required key is absent"));
        var architecture = known.stream().filter(each -> each.name().equals(name)).findFirst()
                .orElseThrow(() -> new ModelRejectedException("unknown_architecture", ARCHITECTURE,
                        file.metadata().offset(ARCHITECTURE), "architecture cannot be run: expected one of "
                                + known.stream().map(Architecture::name).collect(Collectors.joining(", ")) + ", found="
                                + shown(name)));
        var weights = new WeightTable(file);
        var network = architecture.describe(new HyperParameters(file, name), weights);
        weights.ropeDivisors(network.configuration().rope().dimensions() / 2);
        weights.requireAllAsked();
        return new ModelReader(file, name, network, weights);
    }

    /** A word of the file that a log line may show. */
    private static String shown(String word) {
        return word.matches("[A-Za-z0-9._-]{1,64}") ? word : "(not a word)";
    }

    public String architecture() {
        return architecture;
    }

    public Configuration configuration() {
        return network.configuration();
    }

    /** Number of weights. */
    public long parameters() {
        return file.tensors().stream().mapToLong(TensorEntry::elements).sum();
    }

    /** The type that holds most weights. */
    public QuantType commonestType() {
        var elements = file.tensors().stream()
                .collect(Collectors.groupingBy(TensorEntry::type, Collectors.summingLong(TensorEntry::elements)));
        return Collections.max(elements.entrySet(), Map.Entry.comparingByValue()).getKey();
    }

    /** The plan for {@code request}; {@link MemoryPlan#fits()} may be false. */
    public MemoryPlan plan(PlanRequest request) {
        return fit(request).plan();
    }

    /**
     * Plans, packs tensor by tensor and closes each one's mapping before the next is opened, so that weights are never
     * held twice.
     *
     * @param kernels borrowed by the model; closed after it
     * @throws dev.outpost.engine.failure.BudgetRefusedException before anything large is allocated
     * @throws ModelRejectedException if a weight is not finite or the file changes meanwhile; nothing stays allocated
     */
    public Model load(PlanRequest request, Kernels kernels) {
        var fit = fit(request);
        var plan = fit.plan();
        fit.requireFits(plan);
        return ModelLoad.run(file, architecture, network, weights, kernels, plan, request.kvType(), fit.maxRows(plan));
    }

    private MemoryFit fit(PlanRequest request) {
        var c = network.configuration();
        if (request.kvType() == KvType.Q8_0 && c.headDim() % 32 != 0) {
            throw new ModelRejectedException("unsupported_feature", architecture + ".attention.key_length", -1,
                    "q8_0 keys and values need heads of whole groups: expected a multiple of 32, found=" + c.headDim());
        }
        return new MemoryFit(c, request, weightBytes(), metadataBytes());
    }

    private long weightBytes() {
        long bytes = 0;
        for (var matrix : weights.matrices().values()) {
            bytes = Math.addExact(bytes, BlockArena.rounded(matrix.packedBytes()));
        }
        return bytes;
    }

    private long metadataBytes() {
        return file.tensors().stream().mapToLong(TensorEntry::offset).min().orElse(0);
    }
}
