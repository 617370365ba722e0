package dev.outpost.runtime.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** The known word nearest to a mistyped one, by edit distance (Levenshtein). */
final class Suggestion {

    private Suggestion() {}

    static Optional<String> of(String word, Collection<String> known) {
        record Near(String word, int distance) {}
        return known.stream().map(candidate -> new Near(candidate, distance(word, candidate)))
                .filter(near -> near.distance <= Math.max(2, word.length() / 3))
                .min(Comparator.comparingInt(Near::distance).thenComparing(Near::word)).map(Near::word);
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
