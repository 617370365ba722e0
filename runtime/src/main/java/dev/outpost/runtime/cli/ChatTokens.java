package dev.outpost.runtime.cli;

import dev.outpost.engine.tokenizer.Tokenizer;

/** A rendered chat as tokens: with the token that begins a sequence exactly once. */
final class ChatTokens {

    private ChatTokens() {}

    static int[] of(Tokenizer tokenizer, String rendered) {
        int[] plain = tokenizer.encode(rendered, true);
        boolean begun = plain.length > 0 && tokenizer.beginOfSequence().isPresent()
                && plain[0] == tokenizer.beginOfSequence().getAsInt();
        return begun ? plain : tokenizer.encodePrompt(rendered, true);
    }
}
