package dev.outpost.runtime.cli;

import dev.outpost.engine.Engine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code outpost perplexity}: exp of the mean negative log-probability of a text's tokens.
 *
 * <p>As llama.cpp's tool counts: chunks of the context's length, each begun anew with the beginning-of-sequence token
 * where the model has one; only the second half of a chunk counts, so that every counted token has a history.
 */
@Command(name = "perplexity", description = "Measure how well a model predicts a text.")
final class PerplexityCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file.")
    private Path model;

    @Option(names = "--text", required = true, paramLabel = "FILE", description = "UTF-8 text.")
    private Path text;

    @Option(names = "--json", description = "One JSON object instead of words.")
    private boolean json;

    @Mixin
    private LoadOptions load;

    PerplexityCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    /** Sum of negative log-probabilities over the tokens counted. */
    private static final class Sum {
        private double nats;
        private int tokens;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var flags = load.flags();
        flags.putIfAbsent("engine.parallel", "1");
        flags.putIfAbsent("engine.context", "512");
        String words = Files.readString(ModelFile.existing(text), StandardCharsets.UTF_8);
        var sum = new Sum();
        try (Engine engine = rooms.open(ModelFile.existing(model), rooms.setup(load.config(), flags))) {
            int[] ids = engine.tokenizer().encodePrompt(words, false);
            int length = Math.min(engine.card().context(), ids.length);
            if (length < 4) {
                throw new CommandFailure(ExitStatus.DATA, "text is too short: expected at least 4 tokens, found="
                        + ids.length, "");
            }
            for (int start = 0; start + length <= ids.length; start += length) {
                score(engine, Arrays.copyOfRange(ids, start, start + length), sum);
            }
        }
        print(sum);
        return ExitStatus.OK.code();
    }

    private static void score(Engine engine, int[] chunk, Sum sum) throws InterruptedException {
        engine.tokenizer().beginOfSequence().ifPresent(begin -> chunk[0] = begin);
        int first = chunk.length / 2;
        engine.score(chunk, (position, logits) -> {
            if (position >= first && position < chunk.length - 1) {
                sum.nats -= new LogProbabilities(logits).of(chunk[position + 1]);
                sum.tokens++;
            }
        });
    }

    private void print(Sum sum) {
        double perplexity = Math.exp(sum.nats / sum.tokens);
        terminal.out().println(json ? JsonText.of(out -> {
            out.writeStartObject();
            out.writeNumberField("perplexity", perplexity);
            out.writeNumberField("tokens", sum.tokens);
            out.writeEndObject();
        }) : String.format(Locale.ROOT, "perplexity %.4f over %d tokens", perplexity, sum.tokens));
    }
}
