package dev.outpost.runtime.http;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** {@code text_completion}, whole and in chunks. */
final class CompletionWire implements AnswerWire {

    private final AnswerHead head;
    private final TokenTexts texts;
    private final List<String> echoes;
    private final int[] offsets;

    /** @param echoes the text each choice begins with; empty texts without {@code echo} */
    CompletionWire(AnswerHead head, TokenTexts texts, List<String> echoes) {
        this.head = head;
        this.texts = texts;
        this.echoes = List.copyOf(echoes);
        this.offsets = echoes.stream().mapToInt(String::length).toArray();
    }

    @Override
    public Optional<byte[]> first(int choice) {
        return echoes.get(choice).isEmpty()
                ? Optional.empty()
                : Optional.of(chunk(json -> writeChoice(json, choice, echoes.get(choice), new Open(List.of(), 0))));
    }

    @Override
    public byte[] delta(int choice, ChoiceText.Piece piece) {
        int offset = offsets[choice];
        offsets[choice] += piece.text().length();
        return chunk(json -> writeChoice(json, choice, piece.text(), new Open(piece.tokens(), offset)));
    }

    @Override
    public byte[] last(int choice, ChoiceText text) {
        return chunk(json -> json.object(() -> {
            json.member("text", "");
            json.member("index", choice);
            json.member("logprobs", null);
            json.member("finish_reason", text.finishWord());
        }));
    }

    @Override
    public byte[] usage(UsageTotals usage) {
        return JsonWriter.bytes(json -> json.object(() -> {
            head.write(json, "text_completion");
            json.array("choices", () -> {});
            usage.write(json);
        }));
    }

    @Override
    public byte[] whole(List<ChoiceText> choices, UsageTotals usage) {
        return JsonWriter.bytes(json -> json.object(() -> {
            head.write(json, "text_completion");
            json.array("choices", () -> {
                for (int choice = 0; choice < choices.size(); choice++) {
                    int index = choice;
                    ChoiceText text = choices.get(choice);
                    String echo = echoes.get(choice);
                    json.object(() -> {
                        json.member("text", echo + text.text());
                        json.member("index", index);
                        writeLogprobs(json, new Open(text.tokens(), echo.length()));
                        json.member("finish_reason", text.finishWord());
                    });
                }
            });
            usage.write(json);
        }));
    }

    private void writeChoice(JsonWriter json, int choice, String text, Open open) {
        json.object(() -> {
            json.member("text", text);
            json.member("index", choice);
            writeLogprobs(json, open);
            json.member("finish_reason", null);
        });
    }

    private void writeLogprobs(JsonWriter json, Open open) {
        if (head.logprobs()) {
            texts.writeCompletion(json, open.tokens(), open.offset());
        } else {
            json.member("logprobs", null);
        }
    }

    private byte[] chunk(Consumer<JsonWriter> choice) {
        return JsonWriter.bytes(json -> json.object(() -> {
            head.write(json, "text_completion");
            json.array("choices", () -> choice.accept(json));
            if (head.usageAnnounced()) {
                json.member("usage", null);
            }
        }));
    }

    /** Tokens of a piece and where its text begins. */
    private record Open(List<dev.outpost.engine.GenerationEvent.Token> tokens, int offset) {}
}
