package dev.outpost.runtime.http;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineStatus;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.ModelCard;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.RequestRefusedException.Reason;
import dev.outpost.engine.failure.TemplateException;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.engine.prompt.ChatTemplate;
import dev.outpost.engine.prompt.Message;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * An engine that answers with its prompt's last line, byte by byte, at a chosen pace: what the routes need of one,
 * without a model. Each request runs on a virtual thread of its own and holds one of a few slots.
 */
final class FakeEngine implements Engine {

    static final int CONTEXT = 4_096;
    static final int HIDDEN = 8;

    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger queued = new AtomicInteger();
    final AtomicLong generated = new AtomicLong();
    final Semaphore slots;
    volatile Duration prefill = Duration.ZERO;
    volatile Duration perToken = Duration.ZERO;
    volatile Optional<EngineException> failure = Optional.empty();
    /** Tokens after which {@link #failure} strikes. */
    volatile int failAfter;
    volatile boolean template = true;
    /** What the template raises, if anything. */
    volatile Optional<String> refusal = Optional.empty();
    final AtomicReference<GenerationRequest> last = new AtomicReference<>();
    final AtomicReference<String> rendered = new AtomicReference<>("");
    private final int parallel;
    private volatile boolean draining;

    FakeEngine(int parallel) {
        this.parallel = parallel;
        this.slots = new Semaphore(parallel);
    }

    @Override
    public ModelCard card() {
        return new ModelCard("Fake Echo", "echo", "F32", 1_000, 1, HIDDEN, 258, CONTEXT, CONTEXT, 123_456);
    }

    @Override
    public MemoryPlan plan() {
        return new MemoryPlan(1, 1, 1, 1, 1, 10, CONTEXT, parallel, List.of());
    }

    @Override
    public IsaLevel tier() {
        return IsaLevel.SCALAR;
    }

    @Override
    public Tokenizer tokenizer() {
        return new ByteTokenizer();
    }

    @Override
    public Optional<ChatTemplate> chatTemplate() {
        ChatTemplate lines = (messages, tools, _, extra) -> {
            String text = (tools.isEmpty() ? "" : "tools " + tools + "\n") + (extra.isEmpty() ? "" : extra + "\n")
                    + messages.stream().map(Message::content).collect(Collectors.joining("\n"));
            rendered.set(text);
            refusal.ifPresent(message -> {
                throw new TemplateException(TemplateException.Reason.REFUSED, message);
            });
            return text;
        };
        return template ? Optional.of(lines) : Optional.empty();
    }

    @Override
    public Generation generate(GenerationRequest request) {
        if (draining) {
            throw new RequestRefusedException(Reason.DRAINING, "", "engine drains");
        }
        last.set(request);
        return new EchoGeneration(this, request);
    }

    @Override
    public float[] embed(int[] tokens, RequestClass requestClass, String client) throws InterruptedException {
        slots.acquire();
        running.incrementAndGet();
        try {
            Thread.sleep(prefill);
            var vector = new float[HIDDEN];
            for (int token : tokens) {
                vector[token % HIDDEN] += 1;
            }
            return vector;
        } finally {
            running.decrementAndGet();
            slots.release();
        }
    }

    @Override
    public void score(int[] tokens, LogitsSink sink) {
        throw new UnsupportedOperationException("no route scores");
    }

    @Override
    public EngineStatus status() {
        return new EngineStatus(1, running.get(), queued.get(), 0, 0, generated.get(), System.nanoTime());
    }

    @Override
    public void drain() {
        draining = true;
    }

    @Override
    public void close() {
        draining = true;
    }
}
