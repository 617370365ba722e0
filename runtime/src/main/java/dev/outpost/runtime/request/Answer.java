package dev.outpost.runtime.request;

import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.runtime.admission.Permit;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The choices of one request as one stream of events, in the order they happen.
 *
 * <p>One consumer thread; {@link #cancel()} from any thread. Every choice ends with a
 * {@link GenerationEvent.Finished} or {@link GenerationEvent.Failed}. Closing cancels what still runs and gives the
 * admission permit back.
 */
public final class Answer implements AutoCloseable {

    /** What a choice reports. */
    public record Event(int choice, GenerationEvent event) {}

    private final List<int[]> prompts;
    private final List<Generation> generations;
    private final Permit permit;
    private final Optional<LinkedBlockingQueue<Event>> merged;

    Answer(List<int[]> prompts, List<Generation> generations, Permit permit) {
        this.prompts = List.copyOf(prompts);
        this.generations = List.copyOf(generations);
        this.permit = permit;
        this.merged = generations.size() == 1 ? Optional.empty() : Optional.of(new LinkedBlockingQueue<>());
        merged.ifPresent(this::pumpInto);
    }

    /** Number of choices over all prompts. */
    public int choices() {
        return generations.size();
    }

    /** Number of choices of each prompt. */
    public int choicesPerPrompt() {
        return generations.size() / prompts.size();
    }

    /** Token ids of the prompt that {@code choice} answers. */
    public int[] prompt(int choice) {
        return prompts.get(choice / choicesPerPrompt()).clone();
    }

    /** The next event, or empty after {@code timeout}. Not to be called after the last choice ended. */
    public Optional<Event> poll(Duration timeout) throws InterruptedException {
        if (merged.isPresent()) {
            return Optional.ofNullable(merged.get().poll(timeout.toNanos(), TimeUnit.NANOSECONDS));
        }
        return generations.getFirst().poll(timeout).map(event -> new Event(0, event));
    }

    public void cancel() {
        generations.forEach(Generation::cancel);
    }

    @Override
    public void close() {
        try {
            generations.forEach(Generation::close);
        } finally {
            permit.close();
        }
    }

    /** A generation has one consumer that blocks, so each choice gets a virtual thread that ends with it. */
    private void pumpInto(LinkedBlockingQueue<Event> queue) {
        for (int choice = 0; choice < generations.size(); choice++) {
            int index = choice;
            Thread.ofVirtual().name("answer-choice-" + index).start(() -> pump(index, queue));
        }
    }

    private void pump(int choice, LinkedBlockingQueue<Event> queue) {
        try {
            GenerationEvent event;
            do {
                event = generations.get(choice).take();
                queue.add(new Event(choice, event));
            } while (event instanceof GenerationEvent.Token);
        } catch (InterruptedException ignored) {
            // Nobody interrupts these threads; if somebody did, the choice would end by its cancellation.
            generations.get(choice).cancel();
        }
    }
}
