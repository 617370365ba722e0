package dev.outpost.engine.session;

import java.util.List;

/**
 * Finds stop texts in streamed text and holds back what may become one.
 *
 * <p>One Knuth-Morris-Pratt automaton per stop text steps over each character, so a text split anywhere is found and a
 * character costs the same however the pieces fall. The stop text that ends first wins; of those that end together the
 * longest. One stream, one thread.
 */
final class StopMatcher {

    private static final class Automaton {
        private final String text;
        private final int[] failure;
        private int matched;

        Automaton(String text) {
            this.text = text;
            this.failure = new int[text.length()];
            int border = 0;
            for (int i = 1; i < text.length(); i++) {
                while (border > 0 && text.charAt(i) != text.charAt(border)) {
                    border = failure[border - 1];
                }
                if (text.charAt(i) == text.charAt(border)) {
                    border++;
                }
                failure[i] = border;
            }
        }

        /** @return whether the stop text ends with this character */
        boolean step(char next) {
            while (matched > 0 && next != text.charAt(matched)) {
                matched = failure[matched - 1];
            }
            if (next == text.charAt(matched)) {
                matched++;
            }
            return matched == text.length();
        }
    }

    private final List<Automaton> automata;
    private final StringBuilder held = new StringBuilder();
    private boolean stopped;

    StopMatcher(List<String> stops) {
        automata = stops.stream().map(Automaton::new).toList();
    }

    /**
     * @param piece next text; nothing may follow once {@link #stopped()}
     * @return text that cannot be part of a stop text any more; where one was found, what came before it
     */
    String push(String piece) {
        if (automata.isEmpty() || piece.isEmpty()) {
            return piece;
        }
        for (int i = 0; i < piece.length(); i++) {
            held.append(piece.charAt(i));
            int found = step(piece.charAt(i));
            if (found > 0) {
                stopped = true;
                return release(held.length() - found);
            }
        }
        return release(held.length() - longestPartial());
    }

    /** Whether a stop text was found. */
    boolean stopped() {
        return stopped;
    }

    /** What is still held back once the stream ends; empty where a stop text was found. */
    String finish() {
        return stopped ? "" : release(held.length());
    }

    private int step(char next) {
        int found = 0;
        for (Automaton automaton : automata) {
            if (automaton.step(next)) {
                found = Math.max(found, automaton.text.length());
            }
        }
        return found;
    }

    private int longestPartial() {
        int longest = 0;
        for (Automaton automaton : automata) {
            longest = Math.max(longest, automaton.matched);
        }
        return longest;
    }

    private String release(int count) {
        String text = held.substring(0, count);
        held.delete(0, count);
        return text;
    }
}
