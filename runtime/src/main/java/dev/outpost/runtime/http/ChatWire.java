package dev.outpost.runtime.http;

import java.util.List;
import java.util.Optional;

/** {@code chat.completion} and {@code chat.completion.chunk}. */
final class ChatWire implements AnswerWire {

    private final AnswerHead head;
    private final TokenTexts texts;

    ChatWire(AnswerHead head, TokenTexts texts) {
        this.head = head;
        this.texts = texts;
    }

    @Override
    public Optional<byte[]> first(int choice) {
        return Optional.of(chunk(json -> json.object(() -> {
            json.member("index", choice);
            json.object("delta", () -> {
                json.member("role", "assistant");
                json.member("content", null);
            });
            json.member("logprobs", null);
            json.member("finish_reason", null);
        })));
    }

    @Override
    public byte[] delta(int choice, ChoiceText.Piece piece) {
        return chunk(json -> json.object(() -> {
            json.member("index", choice);
            json.object("delta", () -> json.member("content", piece.text()));
            if (head.logprobs()) {
                texts.writeChat(json, piece.tokens());
            } else {
                json.member("logprobs", null);
            }
            json.member("finish_reason", null);
        }));
    }

    @Override
    public byte[] last(int choice, ChoiceText text) {
        return chunk(json -> json.object(() -> {
            json.member("index", choice);
            json.object("delta", () -> {});
            json.member("logprobs", null);
            json.member("finish_reason", text.finishWord());
        }));
    }

    @Override
    public byte[] usage(UsageTotals usage) {
        return JsonWriter.bytes(json -> json.object(() -> {
            head.write(json, "chat.completion.chunk");
            json.array("choices", () -> {});
            usage.write(json);
        }));
    }

    @Override
    public byte[] whole(List<ChoiceText> choices, UsageTotals usage) {
        return JsonWriter.bytes(json -> json.object(() -> {
            head.write(json, "chat.completion");
            json.array("choices", () -> {
                for (int choice = 0; choice < choices.size(); choice++) {
                    writeChoice(json, choice, choices.get(choice));
                }
            });
            usage.write(json);
        }));
    }

    private void writeChoice(JsonWriter json, int index, ChoiceText choice) {
        json.object(() -> {
            json.member("index", index);
            json.object("message", () -> {
                json.member("role", "assistant");
                json.member("content", choice.text());
                json.member("refusal", null);
            });
            if (head.logprobs()) {
                texts.writeChat(json, choice.tokens());
            } else {
                json.member("logprobs", null);
            }
            json.member("finish_reason", choice.finishWord());
        });
    }

    private byte[] chunk(java.util.function.Consumer<JsonWriter> choice) {
        return JsonWriter.bytes(json -> json.object(() -> {
            head.write(json, "chat.completion.chunk");
            json.array("choices", () -> choice.accept(json));
            if (head.usageAnnounced()) {
                json.member("usage", null);
            }
        }));
    }
}
