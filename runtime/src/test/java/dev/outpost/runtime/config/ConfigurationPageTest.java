package dev.outpost.runtime.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The reference page is the table of settings, word for word. */
class ConfigurationPageTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "configuration.md");

    private static final String HEAD = """
            # Settings

            How they are given, and which wins: [operate/configuration.md](../operate/configuration.md). A test compares this
            page with the program.

            | key | default | range | flag | meaning |
            |---|---|---|---|---|
            """;

    @Test
    void thePageListsEverySetting() throws IOException {
        assertEquals(page(), Files.readString(PAGE),
                "docs/reference/configuration.md differs from SettingTable; put the expected text there");
    }

    private static String page() {
        var page = new StringBuilder(HEAD);
        for (Setting setting : SettingTable.all()) {
            page.append("| `").append(setting.key()).append("` | ")
                    .append(setting.fallback().isEmpty() ? "(empty)" : "`" + setting.fallback() + "`").append(" | ")
                    .append(setting.range()).append(" | ")
                    .append(setting.flag().map(flag -> "`" + flag + "`").orElse("`--set`")).append(" | ")
                    .append(setting.meaning()).append(" |\n");
        }
        return page.toString();
    }
}
