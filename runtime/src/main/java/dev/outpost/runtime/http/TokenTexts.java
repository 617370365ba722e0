package dev.outpost.runtime.http;

import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationEvent.TokenLogprob;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.util.List;

/** Log-probabilities as the two wires spell them. They are of the raw logits: before temperature and filters. */
final class TokenTexts {

    /** JSON has no minus infinity; this is what OpenAI sends for it. */
    private static final float FLOOR = -9_999f;

    private final Tokenizer tokenizer;

    TokenTexts(Tokenizer tokenizer) {
        this.tokenizer = tokenizer;
    }

    /** {@code {"content":[{token,logprob,bytes,top_logprobs}],"refusal":null}}. */
    void writeChat(JsonWriter json, List<GenerationEvent.Token> tokens) {
        json.object("logprobs", () -> {
            json.array("content", () -> tokens.forEach(token -> json.object(() -> {
                writeToken(json, token.id(), token.logprob());
                json.array("top_logprobs", () -> token.top().forEach(
                        each -> json.object(() -> writeToken(json, each.id(), each.logprob()))));
            })));
            json.member("refusal", null);
        });
    }

    /** {@code {"tokens":[],"token_logprobs":[],"top_logprobs":[{}],"text_offset":[]}}; offsets from {@code offset}. */
    void writeCompletion(JsonWriter json, List<GenerationEvent.Token> tokens, int offset) {
        json.object("logprobs", () -> {
            json.array("tokens", () -> tokens.forEach(token -> json.value(text(token.id()))));
            json.array("token_logprobs", () -> tokens.forEach(token -> json.value(finite(token.logprob()))));
            json.array("top_logprobs", () -> tokens.forEach(token -> json.object(() -> writeTop(json, token.top()))));
            json.array("text_offset", () -> {
                int at = offset;
                for (GenerationEvent.Token token : tokens) {
                    json.value(at);
                    at += text(token.id()).length();
                }
            });
        });
    }

    private void writeTop(JsonWriter json, List<TokenLogprob> top) {
        // Two ids can have the same text; the likelier one comes first and keeps the name.
        var seen = new java.util.HashSet<String>();
        top.forEach(each -> {
            String text = text(each.id());
            if (seen.add(text)) {
                json.member(text, finite(each.logprob()));
            }
        });
    }

    private void writeToken(JsonWriter json, int id, float logprob) {
        json.member("token", text(id));
        json.member("logprob", finite(logprob));
        json.member("bytes", tokenizer.bytes(id, true));
    }

    private String text(int id) {
        return tokenizer.decode(new int[]{id}, true);
    }

    private static float finite(float logprob) {
        return Math.max(FLOOR, logprob);
    }
}
