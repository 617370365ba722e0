package dev.outpost.runtime.http;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.runtime.observe.ApiMetrics;
import dev.outpost.runtime.request.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Carries one answer to its client, whole or as server-sent events, on the connection's thread.
 *
 * <p>Ends within one look-around, 25 ms, of the client's leaving; the caller closes the answer.
 */
final class AnswerDelivery {

    private static final Duration LOOK_AROUND = Duration.ofMillis(25);
    private static final Duration PING = Duration.ofSeconds(15);
    private static final byte[] BLANK = " ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] COMMENT = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Exchange exchange;
    private final Answer answer;
    private final AnswerWire wire;
    private final ApiMetrics metrics;
    private final List<ChoiceText> choices = new ArrayList<>();
    private int unfinished;

    AnswerDelivery(Exchange exchange, Answer answer, AnswerWire wire, ApiMetrics metrics) {
        this.exchange = exchange;
        this.answer = answer;
        this.wire = wire;
        this.metrics = metrics;
        this.unfinished = answer.choices();
        for (int choice = 0; choice < answer.choices(); choice++) {
            choices.add(new ChoiceText());
        }
    }

    /** One JSON body. The status is committed early only where a client that fell silent must be probed. */
    void whole() throws InterruptedException {
        while (unfinished > 0) {
            next().ifPresent(this::take);
            probe("application/json", BLANK);
        }
        exchange.json(wire.whole(choices, totals()));
    }

    /** Server-sent events; the status is committed by the first of them. */
    void streamed(boolean includeUsage) throws InterruptedException {
        var opened = new boolean[choices.size()];
        while (unfinished > 0) {
            Optional<Answer.Event> event = next();
            if (event.isPresent()) {
                int choice = event.get().choice();
                ChoiceText.Piece piece = take(event.get());
                if (!opened[choice]) {
                    opened[choice] = true;
                    wire.first(choice).ifPresent(this::send);
                }
                write(choice, piece);
            }
            probe("text/event-stream", COMMENT);
        }
        if (includeUsage) {
            send(wire.usage(totals()));
        }
        SseWriter.done(exchange);
    }

    private void write(int choice, ChoiceText.Piece piece) {
        if (!piece.text().isEmpty()) {
            send(wire.delta(choice, piece));
        }
        if (choices.get(choice).finished()) {
            send(wire.last(choice, choices.get(choice)));
        }
    }

    private void send(byte[] json) {
        SseWriter.data(exchange, json);
    }

    private Optional<Answer.Event> next() throws InterruptedException {
        Optional<Answer.Event> event = answer.poll(LOOK_AROUND);
        exchange.requireClient();
        return event;
    }

    private ChoiceText.Piece take(Answer.Event event) {
        ChoiceText choice = choices.get(event.choice());
        return switch (event.event()) {
            case GenerationEvent.Token token -> choice.add(token);
            case GenerationEvent.Finished end -> {
                unfinished--;
                if (end.reason() == FinishReason.CANCELLED) {
                    throw cancelled();
                }
                metrics.choiceEnded(end.usage());
                yield choice.finish(end);
            }
            case GenerationEvent.Failed failed -> throw failed.cause();
        };
    }

    /** Nobody here cancelled it, so the engine is closing. */
    private static EngineException cancelled() {
        return new RequestRefusedException(RequestRefusedException.Reason.DRAINING, "",
                "request was cut: its model stops");
    }

    /** Keeps proxies awake and finds out whether a client that sends no more still reads. */
    private void probe(String contentType, byte[] blank) {
        boolean silent = exchange.watch().presence() == ClientWatch.Presence.SILENT;
        Duration patience = silent ? LOOK_AROUND : PING;
        boolean events = blank == COMMENT;
        if ((silent || events) && exchange.quiet().compareTo(patience) >= 0 && unfinished > 0) {
            if (!exchange.committed()) {
                exchange.begin(contentType);
            }
            exchange.write(blank);
        }
    }

    private UsageTotals totals() {
        return UsageTotals.of(choices, answer.choicesPerPrompt());
    }
}
