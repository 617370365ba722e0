package dev.outpost.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {

    @Test
    void flattensSectionsAndKeepsLines() {
        assertEquals(List.of("a.b=1 f:2", "a.c.d=x f:4", "e=[y, z] f:5"),
                read("a:\n  b: 1\n  c:\n    d: x\ne: [y, z]\n").stream()
                        .map(value -> value.key() + "=" + (value.list() ? value.texts() : value.texts().getFirst())
                                + " "
                                + value.origin())
                        .toList());
    }

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"'', 0", "'# only words', 0", "'---', 0"})
    void anEmptyFileSetsNothing(String text, int values) {
        assertEquals(values, read(text.replace("'", "")).size());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"a: 1\\na: 2 | f:2: key appears twice: key=a",
            "a: &x 1\\nb: *x | f:1: anchors, aliases and tags are not accepted",
            "a: !!str 1 | f:1: anchors, aliases and tags are not accepted",
            "- a | f:1: expected sections such as \"server:\" at the top, found a list",
            "a: 1\\n---\\nb: 2 | f:2: a second document follows: expected one",
            "a: [b, [c]] | f:1: expected a list of at most 1000 plain values: key=a",
            "a: {b: {c: {d: {e: 1}}}} | f:1: nested too deep: expected at most 4 levels, in a.b.c.d.",
            "a: 1\\n b: 2 | f:2: not valid YAML: mapping values are not allowed here"})
    void refusesWhatIsNoSettingsFile(String text, String problem) {
        var failure = assertThrows(ConfigException.class, () -> read(text.replace("\\n", "\n")));

        assertEquals(problem, failure.getMessage());
    }

    @Test
    void aLongFileIsRefusedBeforeItIsParsed() {
        var failure = assertThrows(ConfigException.class, () -> read("a: " + "x".repeat(1 << 17)));

        assertTrue(failure.getMessage().contains("limit"), failure.getMessage());
    }

    private static List<RawValue> read(String text) {
        return ConfigFile.parse(text, line -> new Origin.File("f", line));
    }
}
