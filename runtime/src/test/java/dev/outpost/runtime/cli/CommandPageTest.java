package dev.outpost.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The reference page holds every verb's help text, word for word. */
class CommandPageTest {

    private static final Path PAGE = Path.of("..", "docs", "reference", "cli.md");

    private static final String HEAD = """
            # The command `outpost`

            Results go to standard output, words about them to standard error. A test compares the help texts below with the
            program's.

            | exit | meaning |
            |---|---|
            | 0 | done |
            | 64 | the command line is wrong |
            | 65 | the input is wrong: a malformed model, token file or chat |
            | 66 | no such input file or model |
            | 69 | unavailable: the port or the state directory is taken, the model does not fit, no Java 25 |
            | 70 | internal fault |
            | 73 | an output file cannot be made |
            | 74 | reading or writing failed |
            | 75 | not done yet: the same command goes on where it ended |
            | 77 | no permission |
            | 78 | the configuration is wrong, or this Java cannot run the kernels |

            `outpost logits` prints a JSON line per position: `pos`, the likeliest next tokens `id`, their natural
            log-probabilities `lp`, and `rest`, the log of what all other tokens share.

            `outpost bench` warms up as llama-bench does: before each measurement the whole prompt once and one token. With
            `--peer "PROGRAM FLAGS"` each round first runs `PROGRAM FLAGS -m FILE -p P -n N -t T -r 1 -o json`, then ours; the
            ratio is that of the medians. With `--types FILE...` each file's speed stands against the Q4_1 file's.

            `outpost show` exits with 69 where the plan does not fit.
            """;

    @Test
    void thePageHoldsEveryVerbsHelp() throws IOException {
        assertEquals(page(), Files.readString(PAGE),
                "docs/reference/cli.md differs from the help texts; put the expected text there");
    }

    private static String page() {
        var terminal = new Terminal(new ByteArrayInputStream(new byte[0]),
                new PrintStream(PrintStream.nullOutputStream()),
                new PrintStream(PrintStream.nullOutputStream()));
        var root = new CommandLineEntry(new CommandRun(Path.of("/")), terminal).commandLine();
        var page = new StringBuilder(HEAD);
        verbs("outpost", root).forEach((name, verb) -> page.append("\n## ").append(name).append("\n\n```\n")
                .append(verb.getUsageMessage(CommandLine.Help.Ansi.OFF)).append("```\n"));
        return page.toString();
    }

    private static Map<String, CommandLine> verbs(String prefix, CommandLine parent) {
        var verbs = new TreeMap<String, CommandLine>();
        parent.getSubcommands().forEach((name, verb) -> {
            verbs.put(prefix + " " + name, verb);
            verbs.putAll(verbs(prefix + " " + name, verb));
        });
        return verbs;
    }
}
