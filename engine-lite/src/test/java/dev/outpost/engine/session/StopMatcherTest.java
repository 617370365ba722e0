package dev.outpost.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StopMatcherTest {

    @Test
    void holdsBackWhatMayBecomeAStopText() {
        StopMatcher matcher = new StopMatcher(List.of("END"));
        assertEquals("a", matcher.push("aE"));
        assertEquals("", matcher.push("N"));
        assertEquals("ENx", matcher.push("x"));
        assertEquals("", matcher.push("EN"));
        assertEquals("EN", matcher.finish());
        assertTrue(!matcher.stopped());
    }

    @Test
    void endsBeforeTheStopTextThatEndsFirst() {
        StopMatcher matcher = new StopMatcher(List.of("bcd", "c"));
        assertEquals("ab", matcher.push("ab") + matcher.push("cd") + matcher.finish());
        assertTrue(matcher.stopped());
    }

    @Test
    void takesTheLongestOfThoseThatEndTogether() {
        StopMatcher matcher = new StopMatcher(List.of("c", "abc"));
        assertEquals("x", matcher.push("xabc") + matcher.finish());
    }

    @Test
    void findsOverlappingBeginnings() {
        StopMatcher matcher = new StopMatcher(List.of("aab"));
        assertEquals("a", matcher.push("a") + matcher.push("a") + matcher.push("a") + matcher.push("b"));
        assertTrue(matcher.stopped());
    }

    @Test
    void findsWhatAWholeTextSearchFindsHoweverThePiecesFall() {
        Random random = new Random(1);
        for (int trial = 0; trial < 2000; trial++) {
            String text = letters(random, 30);
            List<String> stops = List.of(letters(random, 1 + random.nextInt(4)), letters(random, 3));
            StopMatcher matcher = new StopMatcher(stops);
            StringBuilder out = new StringBuilder();
            for (int at = 0; at < text.length() && !matcher.stopped();) {
                int end = Math.min(text.length(), at + 1 + random.nextInt(5));
                out.append(matcher.push(text.substring(at, end)));
                at = end;
            }
            out.append(matcher.finish());
            assertEquals(cut(text, stops), out.toString(), () -> text + " " + stops);
        }
    }

    private static String cut(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String head = text.substring(0, end);
            int longest = stops.stream().filter(head::endsWith).mapToInt(String::length).max().orElse(0);
            if (longest > 0) {
                return head.substring(0, end - longest);
            }
        }
        return text;
    }

    private static String letters(Random random, int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) ('a' + random.nextInt(3)));
        }
        return text.toString();
    }
}
