package dev.outpost.engine.session;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationEvent.Failed;
import dev.outpost.engine.GenerationEvent.Finished;
import dev.outpost.engine.GenerationEvent.Token;
import dev.outpost.engine.GenerationEvent.TokenLogprob;
import dev.outpost.engine.GenerationEvent.Usage;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.sampling.Sampler;
import dev.outpost.engine.schedule.Sequence;
import dev.outpost.engine.telemetry.RequestEvent;
import dev.outpost.engine.tokenizer.Tokenizer;
import dev.outpost.engine.tokenizer.Utf8Assembler;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * One answer: its tokens so far, how the next is chosen, the text they make, when it ends.
 *
 * <p>All but the event queue is the scheduler thread's.
 */
final class Session extends Sequence implements Generation {

    private final GenerationRequest request;
    private final Tokenizer tokenizer;
    private final Chooser chooser;
    private final Sampler sampler;
    private final Utf8Assembler assembler = new Utf8Assembler();
    private final StopMatcher stops;
    private final EventQueue events = new EventQueue();
    private final RequestEvent told = new RequestEvent();
    private final int mostTokens;
    private final int promptLength;
    private int[] tokens;
    private int length;
    private int completionTokens;
    private int cachedTokens;
    private Optional<FinishReason> reason = Optional.empty();
    private long queuedNanos;
    private long begunAt;
    private long firstAt;
    private long lastAt;

    /** @param context tokens of prompt and answer together; the prompt leaves room for one at least */
    Session(GenerationRequest request, int context, Tokenizer tokenizer, Chooser chooser) {
        super(request.requestClass(), request.client(), request.deadlineNanos());
        this.request = request;
        this.tokenizer = tokenizer;
        this.chooser = chooser;
        this.tokens = request.prompt();
        this.length = tokens.length;
        this.promptLength = tokens.length;
        this.mostTokens = Math.min(request.maxTokens(), context - promptLength);
        this.sampler = new Sampler(request.sampling(), tokens, chooser.scratch());
        this.stops = new StopMatcher(request.stop());
        told.begin();
    }

    @Override
    public GenerationEvent take() throws InterruptedException {
        return events.take();
    }

    @Override
    public Optional<GenerationEvent> poll(Duration timeout) throws InterruptedException {
        return events.poll(timeout);
    }

    @Override
    protected int length() {
        return length;
    }

    @Override
    protected int token(int position) {
        return tokens[position];
    }

    @Override
    protected Output output(int position) {
        return position >= promptLength - 1 ? Output.LOGITS : Output.NONE;
    }

    @Override
    protected boolean reusesPrefix() {
        return true;
    }

    @Override
    protected void begin(int cached, long queued) {
        cachedTokens = cached;
        queuedNanos = queued;
        begunAt = System.nanoTime();
    }

    @Override
    protected boolean accept(int position, float[] logits) {
        boolean wantsProbabilities = request.topLogprobs() >= 0;
        if (wantsProbabilities) {
            chooser.readProbabilities(logits);
        }
        int id = sampler.sample(logits);
        count();
        if (tokenizer.isEndOfGeneration(id) && !request.ignoreEnd()) {
            reason = Optional.of(FinishReason.STOP);
            return true;
        }
        String text = stops.push(assembler.push(tokenizer.bytes(id, false)));
        List<TokenLogprob> top = wantsProbabilities ? chooser.top(request.topLogprobs()) : List.of();
        events.add(new Token(id, text, wantsProbabilities ? chooser.logprob(id) : Float.NaN, top));
        if (stops.stopped()) {
            reason = Optional.of(FinishReason.STOP);
        } else if (completionTokens == mostTokens) {
            reason = Optional.of(FinishReason.LENGTH);
        } else {
            append(id);
        }
        return true;
    }

    @Override
    protected boolean finished() {
        return reason.isPresent();
    }

    @Override
    protected void completed() {
        finish(reason.orElseThrow());
    }

    @Override
    protected void stopped(FinishReason why) {
        finish(why);
    }

    @Override
    protected void failed(EngineException cause) {
        tell("FAILED");
        events.add(new Failed(cause));
    }

    private void count() {
        lastAt = System.nanoTime();
        if (completionTokens++ == 0) {
            firstAt = lastAt;
        }
    }

    private void append(int id) {
        if (length == tokens.length) {
            tokens = Arrays.copyOf(tokens, length + Math.min(mostTokens, Math.max(16, length)));
        }
        tokens[length++] = id;
    }

    private void finish(FinishReason why) {
        String tail = stops.push(stops.stopped() ? "" : assembler.finish()) + stops.finish();
        tell(why.name());
        events.add(new Finished(why, tail, usage()));
    }

    private Usage usage() {
        return new Usage(promptLength, cachedTokens, completionTokens, queuedNanos,
                completionTokens == 0 ? 0 : firstAt - begunAt, lastAt - firstAt);
    }

    private void tell(String outcome) {
        if (told.shouldCommit()) {
            Usage usage = usage();
            told.requestClass = requestClass().name();
            told.outcome = outcome;
            told.promptTokens = usage.promptTokens();
            told.cachedTokens = usage.cachedTokens();
            told.completionTokens = usage.completionTokens();
            told.queuedNanos = usage.queuedNanos();
            told.prefillNanos = usage.prefillNanos();
            told.decodeNanos = usage.decodeNanos();
            told.commit();
        }
    }
}
