package dev.outpost.runtime.http;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationEvent.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One choice as it grows. One thread.
 *
 * <p>A token whose text is held back, as part of a UTF-8 sequence or of a possible stop text, is reported together
 * with the text it becomes part of; if it turns out to be part of the stop text it is not reported at all.
 */
final class ChoiceText {

    private final StringBuilder text = new StringBuilder();
    private final List<GenerationEvent.Token> tokens = new ArrayList<>();
    private final List<GenerationEvent.Token> held = new ArrayList<>();
    private Optional<FinishReason> finish = Optional.empty();
    private Optional<Usage> usage = Optional.empty();

    /** New text and the tokens it stems from. */
    record Piece(String text, List<GenerationEvent.Token> tokens) {
        boolean empty() {
            return text.isEmpty() && tokens.isEmpty();
        }
    }

    Piece add(GenerationEvent.Token token) {
        held.add(token);
        return token.text().isEmpty() ? new Piece("", List.of()) : release(token.text());
    }

    Piece finish(GenerationEvent.Finished end) {
        finish = Optional.of(end.reason());
        usage = Optional.of(end.usage());
        if (end.text().isEmpty() && end.reason() == FinishReason.STOP) {
            held.clear();
        }
        return release(end.text());
    }

    boolean finished() {
        return finish.isPresent();
    }

    String text() {
        return text.toString();
    }

    List<GenerationEvent.Token> tokens() {
        return tokens;
    }

    Usage usage() {
        return usage.orElseThrow();
    }

    /** OpenAI's word. A deadline cuts an answer as a token limit does. */
    String finishWord() {
        return switch (finish.orElseThrow()) {
            case STOP -> "stop";
            case LENGTH, DEADLINE, CANCELLED -> "length";
        };
    }

    private Piece release(String released) {
        var piece = new Piece(released, List.copyOf(held));
        text.append(released);
        tokens.addAll(held);
        held.clear();
        return piece;
    }
}
