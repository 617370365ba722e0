package dev.outpost.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.BudgetRefusedException;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.ModelRejectedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineEntryTest {

    @TempDir
    Path root;

    private CommandRun command;
    private String model;

    @BeforeEach
    void aModelFile() throws IOException {
        command = new CommandRun(root);
        model = Files.write(root.resolve("m.gguf"), new byte[0]).toString();
    }

    @Test
    void serveHandsItsFlagsToTheConfiguration() {
        assertEquals(0, command.run("serve", "--model", model, "--port", "9", "--threads", "2", "--set",
                "server.idle-timeout=5s"));

        var config = command.served.orElseThrow().resolved().config();
        assertEquals(9, config.server().port());
        assertEquals(2, config.engine().threads().orElseThrow());
        assertEquals(5, config.server().idleTimeout().toSeconds());
        assertEquals(root.resolve("m.gguf"), config.model().file().orElseThrow());
    }

    @Test
    void serveWithoutAFileLeavesTheChoiceToTheStore() {
        assertEquals(0, command.run("serve"));
        assertTrue(command.served.orElseThrow().resolved().config().model().file().isEmpty());
    }

    @Test
    void aMissingModelFileIsNoInput() {
        assertEquals(66, command.run("serve", "--model", root.resolve("none.gguf").toString()));
        assertTrue(command.err.startsWith("outpost: no such file: path="), command.err);
    }

    @Test
    void aBadSettingIsAConfigurationError() {
        assertEquals(78, command.run("serve", "--model", model, "--port", "70000"));
        assertTrue(command.err.startsWith("outpost: flag --port: server.port: expected 0..65535, found=70000\n"),
                command.err);
    }

    @ParameterizedTest
    @ValueSource(strings = {"serv", "--nonsense", "bench"})
    void misuseEndsWith64(String argument) {
        assertEquals(64, command.run(argument));
        assertTrue(command.err.contains("--help"), command.err);
    }

    @Test
    void aMistypedVerbIsSuggested() {
        command.run("tokenise");

        assertTrue(
                command.err.contains("did you mean outpost tokenize?") || command.err.contains("did you mean tokenize"),
                command.err);
    }

    @ParameterizedTest
    @CsvSource({"rejected,65", "budget,69", "fault,70"})
    void aFailureOfTheEngineHasItsStatus(String failure, int status) {
        EngineException thrown = switch (failure) {
            case "rejected" -> new ModelRejectedException("truncated", "header", 4, "file ends early");
            case "budget" -> new BudgetRefusedException(2, 1, "weights=2");
            default -> new EngineFaultException("worker_died", "worker ended", null);
        };
        command.opens = () -> {
            throw thrown;
        };

        assertEquals(status, command.run("run", model, "hello"));
        assertTrue(command.err.startsWith("outpost: " + thrown.getMessage()), command.err);
        assertTrue(command.err.lines().count() >= 2, "the next step is missing: " + command.err);
    }

    @Test
    void runStreamsTheAnswerAndReportsSpeed() {
        assertEquals(0, command.run("run", model, "abc", "--seed", "1"));

        assertEquals("ab\n", command.out);
        assertEquals("[prompt 4 tokens, 8.0 tokens/s; answer 11 tokens, 10.0 tokens/s]\n", command.err);
        assertEquals(List.of(0, 1, 2, 3),
                java.util.Arrays.stream(command.engine.asked.getFirst().prompt()).boxed().toList());
        assertTrue(command.engine.closed);
    }

    @Test
    void runWithoutAPromptIsAChatThatRemembers() {
        assertEquals(0, command.typing("a\n\nb\n/exit\n").run("run", model, "--json"));

        assertEquals(2, command.out.lines().count());
        assertEquals(2, command.engine.asked.size());
        assertTrue(command.out.startsWith("{\"text\":\"ab\",\"finish_reason\":\"stop\",\"prompt_tokens\":2,"),
                command.out);
    }

    @Test
    void logitsPrintsOneLineAPosition() throws IOException {
        Path tokens = Files.writeString(root.resolve("t.json"), "[0, 1]");

        assertEquals(0, command.run("logits", model, "--tokens", tokens.toString(), "--top", "2"));

        List<String> lines = command.out.lines().toList();
        assertEquals(2, lines.size());
        assertTrue(lines.getFirst().startsWith("{\"pos\":0,\"id\":[3,2],\"lp\":[-0.44018"), lines.getFirst());
        // ln(e^0+e^1) - ln(e^0+e^1+e^2+e^3)
        double rest = Double.parseDouble(lines.getLast().replaceAll(".*\"rest\":|}", ""));
        assertEquals(Math.log(1 + Math.E) - Math.log(1 + Math.E + Math.exp(2) + Math.exp(3)), rest, 1e-9);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"[4] | expected ids of 0..3: position=0, found=4",
            "{} | expected a JSON array of token ids", "[1, | not valid JSON", "[] | no token in it",
            "[1.5] | expected ids of 0..3: position=0, found=1.5"})
    void tokenFilesAreChecked(String text, String problem) throws IOException {
        Path tokens = Files.writeString(root.resolve("t.json"), text);

        assertEquals(65, command.run("logits", model, "--tokens", tokens.toString()));
        assertTrue(command.err.startsWith("outpost: " + problem), command.err);
    }

    @Test
    void perplexityIsTheExpOfTheMeanNegativeLog() throws IOException {
        // context 8: two chunks, of each the tokens 5..7, all of them "c" (id 3)
        Path text = Files.writeString(root.resolve("t.txt"), "c".repeat(15));

        assertEquals(0, command.run("perplexity", model, "--text", text.toString(), "--json"));

        double log = 3 - Math.log(1 + Math.E + Math.exp(2) + Math.exp(3));
        assertEquals(Math.exp(-log),
                Double.parseDouble(command.out.replaceAll(".*\"perplexity\":|,.*", "").strip()), 1e-9);
        assertTrue(command.out.contains("\"tokens\":6"), command.out);
    }

    @Test
    void benchPrintsTheTestsAsJson() {
        assertEquals(0, command.run("bench", model, "-p", "16", "-n", "10", "-r", "2", "--json"));

        assertTrue(command.out.startsWith("[{\"test\":\"pp16\",\"tokens_per_second\":32.0"), command.out);
        assertTrue(command.out.contains("{\"test\":\"tg10\",\"tokens_per_second\":10.0"), command.out);
    }

    @Test
    void benchSaysWhereTheEnergyComesFrom() {
        command.run("bench", model, "-p", "16", "-n", "0", "-r", "1");

        assertTrue(command.out.contains("energy: not readable here"), command.out);
    }

    @Test
    void benchRunsBesideAPeer() throws IOException {
        Path peer = Files.writeString(root.resolve("peer"), """
                #!/bin/sh
                echo "$@" >> "$0.log"
                echo '[{"n_prompt": 16, "n_gen": 0, "avg_ts": 64.0}, {"n_prompt": 0, "n_gen": 10, "avg_ts": 5.0}]'
                """);
        assertTrue(peer.toFile().setExecutable(true));

        assertEquals(0,
                command.run("bench", model, "-p", "16", "-n", "10", "-r", "2", "-t", "2", "--peer", peer + " -fa 1"));

        assertEquals(2, Files.readAllLines(root.resolve("peer.log")).size());
        assertTrue(command.out.contains("peer: " + peer + " -fa 1 -m " + model + " -p 16 -n 10 -t "), command.out);
        assertTrue(command.out.contains("ratio pp16      0.500 of the peer's"), command.out);
        assertTrue(command.out.contains("ratio tg10      2.000 of the peer's"), command.out);
    }

    @Test
    void benchMeasuresManyAnswersAndABusyBox() {
        assertEquals(0,
                command.run("bench", model, "-p", "0", "-n", "10", "-r", "1", "--streams", "3", "--beside", "1"));

        assertTrue(command.out.contains("tg10x3"), command.out);
        assertTrue(command.out.contains("3 answers at once give "), command.out);
        assertTrue(command.out.contains("beside 1 endless processes decode keeps 1.000 of its idle speed"),
                command.out);
    }

    @Test
    void configExplainNamesTheOrigin() throws IOException {
        Path file = Files.writeString(root.resolve("c.yaml"), "server:\n  port: 9090\n");

        assertEquals(0, command.run("config", "explain", "server.port", "--config", file.toString()));
        assertTrue(command.out.startsWith("server.port = 9090  (" + file + ":2)\n"), command.out);
        assertTrue(command.out.contains("range: 0..65535"), command.out);
    }

    @Test
    void configExplainSuggestsAKey() {
        assertEquals(64, command.run("config", "explain", "server.prot"));
        assertTrue(command.err.startsWith("outpost: unknown key: key=server.prot; did you mean server.port?"),
                command.err);
    }

    @Test
    void configCheckNamesThePlaceOfAnError() throws IOException {
        Path file = Files.writeString(root.resolve("c.yaml"), "server:\n  prot: 9090\n");

        assertEquals(78, command.run("config", "check", "--config", file.toString()));
        assertTrue(command.err.startsWith(
                "outpost: " + file + ":2: unknown key: key=server.prot; did you mean server.port?"), command.err);
    }

    @Test
    void versionNamesTheVirtualMachine() {
        assertEquals(0, command.run("version", "--json"));
        assertTrue(command.out.contains("\"java\":\"" + Runtime.version() + "\""), command.out);
    }

    @Test
    void aotNeedsTheLauncher() {
        assertEquals(69, command.run("aot"));
    }
}
