package dev.outpost.runtime.request;

import java.util.Arrays;

/** What is to be continued or embedded. */
public sealed interface Prompt {

    /** Text, tokenised with special tokens parsed. */
    record Text(String text) implements Prompt {}

    /** Token ids as they are. */
    record Tokens(int[] ids) implements Prompt {
        public Tokens {
            ids = ids.clone();
        }

        @Override
        public int[] ids() {
            return ids.clone();
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Tokens that && Arrays.equals(ids, that.ids);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(ids);
        }
    }
}
