package dev.outpost.engine;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.Kernels;
import dev.outpost.engine.memory.AvailableMemory;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.engine.model.Architecture;
import dev.outpost.engine.model.Model;
import dev.outpost.engine.model.ModelReader;
import dev.outpost.engine.model.PlanRequest;
import dev.outpost.engine.model.llama.Llama;
import dev.outpost.engine.model.qwen.Qwen2;
import dev.outpost.engine.model.qwen.Qwen3;
import dev.outpost.engine.prompt.ChatTemplate;
import dev.outpost.engine.schedule.ScheduleOptions;
import dev.outpost.engine.session.Sessions;
import dev.outpost.engine.telemetry.CliffReport;
import dev.outpost.engine.telemetry.LoadEvent;
import dev.outpost.engine.telemetry.PerformanceCliff;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Wires file, tokenizer, model and scheduler together; reads top to bottom: check, plan, pack, run. Owns kernels, model
 * and sessions, and closes them in the opposite order.
 */
final class LoadedEngine implements Engine {

    /** What can be run; another architecture is added here. */
    private static final List<Architecture> ARCHITECTURES = List.of(new Llama(), new Qwen2(), new Qwen3());

    private final ModelCard card;
    private final MemoryPlan plan;
    private final Tokenizer tokenizer;
    private final Optional<ChatTemplate> chatTemplate;
    private final Kernels kernels;
    private final Model model;
    private final Sessions sessions;

    private LoadedEngine(ModelCard card, MemoryPlan plan, Tokenizer tokenizer, Optional<ChatTemplate> chatTemplate,
            Kernels kernels, Model model, Sessions sessions) {
        this.card = card;
        this.plan = plan;
        this.tokenizer = tokenizer;
        this.chatTemplate = chatTemplate;
        this.kernels = kernels;
        this.model = model;
        this.sessions = sessions;
    }

    static MemoryPlan plan(Path path, EngineOptions options) {
        try (var file = GgufFile.open(path)) {
            return ModelReader.read(file, ARCHITECTURES).plan(request(options));
        }
    }

    static Engine open(Path path, EngineOptions options) {
        var event = new LoadEvent();
        event.begin();
        try (var file = GgufFile.open(path)) {
            var reader = ModelReader.read(file, ARCHITECTURES);
            var tokenizer = Tokenizer.read(file.metadata());
            requireSameVocabulary(reader, tokenizer);
            var request = request(options);
            var plan = reader.plan(request);
            var chatTemplate = ChatTemplate.read(file.metadata(), tokenizer, plan.context());
            var card = card(file, reader, plan);
            var kernels = Kernels.open(options.threads(), options.isaCap());
            Model model = null;
            boolean opened = false;
            try {
                model = reader.load(request, kernels);
                var engine = new LoadedEngine(card, plan, tokenizer, chatTemplate, kernels, model,
                        sessions(model, tokenizer, plan, kernels, options));
                opened = true;
                event.architecture = card.architecture();
                event.fileBytes = card.fileBytes();
                event.weightBytes = plan.weights();
                event.isa = kernels.level().word();
                event.threads = kernels.threads();
                event.commit();
                return engine;
            } finally {
                if (!opened) {
                    if (model != null) {
                        model.close();
                    }
                    kernels.close();
                }
            }
        }
    }

    private static Sessions sessions(Model model, Tokenizer tokenizer, MemoryPlan plan, Kernels kernels,
            EngineOptions options) {
        var cliffs = new CliffReport();
        if (kernels.level() == IsaLevel.SCALAR) {
            cliffs.met(PerformanceCliff.SCALAR_KERNELS, "isa=" + kernels.level().word());
        }
        return new Sessions(model, tokenizer, new ScheduleOptions(plan.parallel(), plan.context(),
                model.shape().maxRows(), Duration.ofMillis(options.chunkMillis()), options.queueLimit()), cliffs);
    }

    private static PlanRequest request(EngineOptions options) {
        long budget = options.memoryBudgetBytes()
                .orElseGet(() -> AvailableMemory.procUnder(Path.of("/")).bytes().orElse(Long.MAX_VALUE));
        return new PlanRequest(options.context(), options.parallel(), options.kvType(), budget, options.heapBytes(),
                options.jvmBytes());
    }

    private static void requireSameVocabulary(ModelReader reader, Tokenizer tokenizer) {
        int rows = reader.configuration().vocabulary();
        if (tokenizer.vocabulary() != rows) {
            throw new ModelRejectedException("vocabulary_mismatch", "tokenizer.ggml.tokens", -1,
                    "tokens differ from the rows of the embedding: expected=" + rows + ", found="
                            + tokenizer.vocabulary());
        }
    }

    private static ModelCard card(GgufFile file, ModelReader reader, MemoryPlan plan) {
        var c = reader.configuration();
        String stem = file.path().getFileName().toString().replaceFirst("\\.gguf$", "");
        return new ModelCard(file.metadata().string("general.name").orElse(stem), reader.architecture(),
                reader.commonestType().name(), reader.parameters(), c.layers(), c.hidden(), c.vocabulary(),
                c.trainedContext(), plan.context(), file.fileBytes());
    }

    @Override
    public ModelCard card() {
        return card;
    }

    @Override
    public MemoryPlan plan() {
        return plan;
    }

    @Override
    public IsaLevel tier() {
        return kernels.level();
    }

    @Override
    public Tokenizer tokenizer() {
        return tokenizer;
    }

    @Override
    public Optional<ChatTemplate> chatTemplate() {
        return chatTemplate;
    }

    @Override
    public Generation generate(GenerationRequest request) {
        return sessions.generate(request);
    }

    @Override
    public float[] embed(int[] tokens, RequestClass requestClass, String client) throws InterruptedException {
        return sessions.embed(tokens, requestClass, client);
    }

    @Override
    public void score(int[] tokens, LogitsSink sink) throws InterruptedException {
        sessions.score(tokens, sink);
    }

    @Override
    public EngineStatus status() {
        return sessions.status();
    }

    @Override
    public void drain() {
        sessions.drain();
    }

    @Override
    public void close() {
        sessions.close();
        model.close();
        kernels.close();
    }
}
