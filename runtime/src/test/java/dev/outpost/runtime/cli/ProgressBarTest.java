package dev.outpost.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ProgressBarTest {

    private final ByteArrayOutputStream drawn = new ByteArrayOutputStream();

    private Terminal terminal(boolean interactive) {
        var err = new PrintStream(drawn, true, StandardCharsets.UTF_8);
        return new Terminal(new ByteArrayInputStream(new byte[0]), err, err, interactive);
    }

    @Test
    void drawsShareAndAmountOnOneLineAndWipesIt() {
        try (var bar = new ProgressBar(terminal(true), "importing", 4 << 20)) {
            bar.accept(2 << 20);
            bar.accept(4 << 20);
        }
        String text = drawn.toString(StandardCharsets.UTF_8);
        assertTrue(text.contains("importing [###############...............]  50 %  2.0 of 4.0 MiB"), text);
        assertTrue(text.contains("100 %  4.0 of 4.0 MiB"), text);
        assertTrue(text.endsWith(" \r"), "the line is wiped at the end");
        assertEquals(-1, text.indexOf('\n'));
    }

    @Test
    void isSilentWhereNobodyLooks() {
        try (var bar = new ProgressBar(terminal(false), "importing", 1 << 20)) {
            bar.accept(1 << 20);
        }
        assertEquals("", drawn.toString(StandardCharsets.UTF_8));
    }
}
