package dev.outpost.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The manager's page shows commands that this program takes, and every verb there is. */
class FleetPageTest {

    private static final Path PAGE = Path.of("..", "docs", "operate", "fleet.md");
    private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

    @Test
    void everyCommandOfThePageIsTaken() throws IOException {
        List<String> commands = commands();
        assertTrue(commands.size() > 12, commands.toString());
        for (String command : commands) {
            String[] words = words(command);
            assertDoesNotThrow(() -> line(words).parseArgs(words), command);
        }
    }

    @Test
    void everyVerbIsShown() throws IOException {
        Set<String> shown = commands().stream().filter(command -> command.startsWith("fleet "))
                .map(command -> command.split(" ")[1]).collect(Collectors.toCollection(TreeSet::new));
        shown.add("releases");
        assertEquals(new TreeSet<>(line("fleet").getSubcommands().get("fleet").getSubcommands().keySet()), shown);
    }

    private static List<String> commands() throws IOException {
        return Files.readAllLines(PAGE).stream().filter(text -> text.startsWith("outpost "))
                .map(text -> text.substring("outpost ".length())).toList();
    }

    private static String[] words(String command) {
        return WORD.matcher(command).results()
                .map(found -> found.group(1) == null ? found.group(2) : found.group(1)).toArray(String[]::new);
    }

    private static CommandLine line(String... words) {
        var terminal = new Terminal(new ByteArrayInputStream(new byte[0]),
                new PrintStream(PrintStream.nullOutputStream()), new PrintStream(PrintStream.nullOutputStream()));
        return new CommandLineEntry(new CommandRun(Path.of("/")), terminal).commandLine(words);
    }
}
