package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost tokenize}: text on standard input, ids on standard output. Reads no weights. */
@Command(name = "tokenize", description = "Turn text on standard input into a JSON array of token ids.")
final class TokenizeCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file.")
    private Path model;

    @Option(names = "--special", description = "Read special tokens by name, and add those a prompt begins with.")
    private boolean special;

    TokenizeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        String text = new String(terminal.in().readAllBytes(), StandardCharsets.UTF_8);
        try (GgufFile file = GgufFile.open(ModelFile.existing(model))) {
            Tokenizer tokenizer = Tokenizer.read(file.metadata());
            int[] ids = special ? tokenizer.encodePrompt(text, true) : tokenizer.encode(text, false);
            terminal.out().println(JsonText.of((JsonGenerator json) -> json.writeArray(ids, 0, ids.length)));
        }
        return ExitStatus.OK.code();
    }
}
