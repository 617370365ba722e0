package dev.outpost.runtime.http;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The last line of a prompt as an answer. Stop texts are found at byte ends; multi-byte characters come whole. */
final class EchoGeneration implements Generation {

    private final FakeEngine engine;
    private final GenerationRequest request;
    private final LinkedBlockingQueue<GenerationEvent> events = new LinkedBlockingQueue<>();
    private final Thread worker;
    private volatile boolean cancelled;

    EchoGeneration(FakeEngine engine, GenerationRequest request) {
        this.engine = engine;
        this.request = request;
        engine.queued.incrementAndGet();
        this.worker = Thread.ofVirtual().start(this::run);
    }

    @Override
    public GenerationEvent take() throws InterruptedException {
        return events.take();
    }

    @Override
    public Optional<GenerationEvent> poll(Duration timeout) throws InterruptedException {
        return Optional.ofNullable(events.poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
    }

    @Override
    public void cancel() {
        cancelled = true;
        worker.interrupt();
    }

    private void run() {
        boolean slot = false;
        int sampled = 0;
        FinishReason reason = FinishReason.CANCELLED;
        try {
            engine.slots.acquire();
            slot = true;
            engine.queued.decrementAndGet();
            engine.running.incrementAndGet();
            Thread.sleep(engine.prefill);
            String prompt = engine.tokenizer().decode(request.prompt(), false);
            String line = prompt.substring(prompt.lastIndexOf("\n") + 1);
            String answer = line.isEmpty() ? "." : line;
            reason = FinishReason.LENGTH;
            String text = "";
            for (byte each : answer.getBytes(StandardCharsets.UTF_8)) {
                if (sampled == request.maxTokens()) {
                    break;
                }
                Thread.sleep(engine.perToken);
                if (engine.failure.isPresent() && sampled >= engine.failAfter) {
                    events.add(new GenerationEvent.Failed(engine.failure.get()));
                    return;
                }
                sampled++;
                engine.generated.incrementAndGet();
                text += (char) (each & 0xff);
                if (stops(text)) {
                    reason = FinishReason.STOP;
                    events.add(token(each & 0xff, ""));
                    break;
                }
                events.add(token(each & 0xff, shown(each)));
                if (sampled == answer.length()) {
                    reason = FinishReason.STOP;
                }
            }
        } catch (InterruptedException ignored) {
            reason = FinishReason.CANCELLED;
        } finally {
            if (slot) {
                engine.running.decrementAndGet();
                engine.slots.release();
            } else {
                engine.queued.decrementAndGet();
            }
            events.add(new GenerationEvent.Finished(cancelled ? FinishReason.CANCELLED : reason, "",
                    new GenerationEvent.Usage(request.prompt().length, 2, sampled, 1_000, 1_000, 1_000)));
        }
    }

    private boolean stops(String text) {
        return request.stop().stream().anyMatch(text::endsWith);
    }

    private String shown(byte each) {
        return each >= 0 ? Character.toString(each) : (each & 0xc0) == 0x80 ? "\u00e4" : "";
    }

    private GenerationEvent.Token token(int id, String text) {
        boolean wanted = request.topLogprobs() >= 0;
        List<GenerationEvent.TokenLogprob> top = request.topLogprobs() < 1
                ? List.of()
                : List.of(new GenerationEvent.TokenLogprob(id, -0.25f),
                        new GenerationEvent.TokenLogprob(ByteTokenizer.END, Float.NEGATIVE_INFINITY));
        return new GenerationEvent.Token(id, text, wanted ? -0.25f : Float.NaN, top);
    }
}
