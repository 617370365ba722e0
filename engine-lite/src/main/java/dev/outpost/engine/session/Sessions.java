package dev.outpost.engine.session;

import dev.outpost.engine.Engine.LogitsSink;
import dev.outpost.engine.EngineStatus;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.RequestRefusedException.Reason;
import dev.outpost.engine.model.Model;
import dev.outpost.engine.schedule.ScheduleOptions;
import dev.outpost.engine.schedule.Scheduler;
import dev.outpost.engine.telemetry.CliffReport;
import dev.outpost.engine.tokenizer.Tokenizer;

/**
 * All requests of one loaded model: checks them, starts them, ends them.
 *
 * <p>Every method may be called from any thread. The model and the tokenizer are borrowed until {@link #close()} has
 * returned.
 */
public final class Sessions implements AutoCloseable {

    /** Client of {@link #score}: the operator's own tools. */
    private static final String LOCAL = "";

    private final Tokenizer tokenizer;
    private final Scheduler scheduler;
    private final Chooser chooser;
    private final int context;
    private final int hidden;

    /** Takes {@code options.slots()} key-value stores from the model and starts the scheduler's thread. */
    public Sessions(Model model, Tokenizer tokenizer, ScheduleOptions options, CliffReport cliffs) {
        this.tokenizer = tokenizer;
        this.context = options.context();
        this.hidden = model.shape().hidden();
        this.chooser = new Chooser(model.shape().vocabulary());
        this.scheduler = new Scheduler(model, options, cliffs);
    }

    /** As {@link dev.outpost.engine.Engine#generate}. */
    public Generation generate(GenerationRequest request) {
        int[] prompt = request.prompt();
        checkTokens(prompt, context - 1);
        for (int id : request.sampling().logitBias().keySet()) {
            checkToken("logitBias", id);
        }
        Session session = new Session(request, context, tokenizer, chooser);
        scheduler.submit(session);
        return session;
    }

    /** As {@link dev.outpost.engine.Engine#embed}. */
    public float[] embed(int[] tokens, RequestClass requestClass, String client) throws InterruptedException {
        checkTokens(tokens, context);
        Embedding embedding = new Embedding(tokens, hidden, requestClass, client);
        scheduler.submit(embedding);
        return embedding.await();
    }

    /** As {@link dev.outpost.engine.Engine#score}. */
    public void score(int[] tokens, LogitsSink sink) throws InterruptedException {
        checkTokens(tokens, context);
        Scoring scoring = new Scoring(tokens, RequestClass.NORMAL, LOCAL);
        scheduler.submit(scoring);
        scoring.read(sink);
    }

    public EngineStatus status() {
        return scheduler.status();
    }

    /** Refuses new requests from now on; those in flight go on. */
    public void drain() {
        scheduler.drain();
    }

    /** Waits for the current step, ends what still runs: waiting requests fail, running ones end as cancelled. */
    @Override
    public void close() {
        scheduler.close();
    }

    private void checkTokens(int[] tokens, int most) {
        if (tokens.length == 0) {
            throw new RequestRefusedException(Reason.INVALID_VALUE, "prompt",
                    "prompt is empty: expected at least 1 token");
        }
        if (tokens.length > most) {
            throw new RequestRefusedException(Reason.CONTEXT_LENGTH_EXCEEDED, "prompt",
                    "prompt does not fit the context: promptTokens=" + tokens.length + ", context=" + context);
        }
        for (int id : tokens) {
            checkToken("prompt", id);
        }
    }

    private void checkToken(String parameter, int id) {
        if (id < 0 || id >= chooser.vocabulary()) {
            throw new RequestRefusedException(Reason.INVALID_VALUE, parameter,
                    "unknown token: id=" + id + ", vocabulary=" + chooser.vocabulary());
        }
    }
}
