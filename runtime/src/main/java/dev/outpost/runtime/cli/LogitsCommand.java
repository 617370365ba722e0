package dev.outpost.runtime.cli;

import dev.outpost.engine.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost logits}: teacher-forced log-probabilities, one JSON line per position. */
@Command(name = "logits", description = "Print the likeliest next tokens after each position of a token sequence.")
final class LogitsCommand implements Callable<Integer> {

    /** Stands for the log of nothing: JSON has no infinity. */
    private static final double LEAST_LOG = -1e30;

    private final Rooms rooms;
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file.")
    private Path model;

    @Option(names = "--tokens", required = true, paramLabel = "FILE", description = "JSON array of token ids.")
    private Path tokens;

    @Option(names = "--top", paramLabel = "K", defaultValue = "32", description = "Tokens per position (default: ${DEFAULT-VALUE}).")
    private int top;

    @Mixin
    private LoadOptions load;

    LogitsCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (top < 1) {
            throw new CommandFailure(ExitStatus.USAGE, "--top: expected at least 1, found=" + top, "");
        }
        var flags = load.flags();
        flags.putIfAbsent("engine.parallel", "1");
        try (Engine engine = rooms.open(ModelFile.existing(model), rooms.setup(load.config(), flags))) {
            int[] ids = TokenFile.read(tokens, engine.tokenizer().vocabulary());
            engine.score(ids, (position, logits) -> terminal.out().println(line(position, logits)));
        }
        return ExitStatus.OK.code();
    }

    private String line(int position, float[] logits) {
        var probabilities = new LogProbabilities(logits);
        int[] ids = probabilities.top(top);
        return JsonText.of(json -> {
            json.writeStartObject();
            json.writeNumberField("pos", position);
            json.writeFieldName("id");
            json.writeArray(ids, 0, ids.length);
            json.writeArrayFieldStart("lp");
            for (int id : ids) {
                json.writeNumber(probabilities.of(id));
            }
            json.writeEndArray();
            json.writeNumberField("rest", Math.max(LEAST_LOG, probabilities.rest(ids)));
            json.writeEndObject();
        });
    }
}
