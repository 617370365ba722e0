package dev.outpost.runtime.cli;

import dev.outpost.engine.Engine;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent;
import dev.outpost.engine.GenerationRequest;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.prompt.Message;
import dev.outpost.engine.sampling.SamplingOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost run}: a chat in the terminal; the answer on standard output, speeds on standard error. */
@Command(name = "run", description = "Chat with a model in the terminal; without PROMPT, line by line.")
final class RunCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file.")
    private Path model;

    @Parameters(index = "1", arity = "0..1", paramLabel = "PROMPT", description = "One question instead of a chat.")
    private String prompt;

    @Option(names = "--system", paramLabel = "TEXT", description = "System message.")
    private String system;

    @Option(names = {"-n", "--max-tokens"}, paramLabel = "N", description = "Longest answer in tokens.")
    private int maxTokens = Integer.MAX_VALUE;

    @Option(names = "--temperature", paramLabel = "T", description = "0 is greedy (default: ${DEFAULT-VALUE}).")
    private float temperature = 0.7f;

    @Option(names = "--top-p", paramLabel = "P", description = "Nucleus (default: ${DEFAULT-VALUE}).")
    private float topP = 0.95f;

    @Option(names = "--top-k", paramLabel = "K", description = "0 is off (default: ${DEFAULT-VALUE}).")
    private int topK = 40;

    @Option(names = "--seed", paramLabel = "N", description = "The same seed gives the same answer.")
    private Long seed;

    @Option(names = "--raw", description = "Send PROMPT as it is, without the chat template.")
    private boolean raw;

    @Option(names = "--json", description = "One JSON object per answer instead of streamed text.")
    private boolean json;

    @Mixin
    private LoadOptions load;

    RunCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    /** A finished answer: its text, why it ended and what it took. */
    private record Answer(String text, GenerationEvent.Finished end) {}

    @Override
    public Integer call() throws IOException, InterruptedException {
        var flags = load.flags();
        flags.putIfAbsent("engine.parallel", "1");
        SamplingOptions sampling = sampling();
        try (Engine engine = rooms.open(ModelFile.existing(model), rooms.setup(load.config(), flags))) {
            if (prompt != null) {
                report(answer(engine, raw || engine.chatTemplate().isEmpty()
                        ? plain(engine, prompt)
                        : rendered(engine, turns(List.of(), prompt)), sampling));
            } else {
                chat(engine, sampling);
            }
        }
        return ExitStatus.OK.code();
    }

    private SamplingOptions sampling() {
        try {
            return new SamplingOptions(temperature, topK, topP, 0, 1, 0, 0, Map.of(),
                    seed == null ? System.nanoTime() : seed);
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.USAGE, e.getMessage(), "`outpost run --help`");
        }
    }

    private void chat(Engine engine, SamplingOptions sampling) throws IOException, InterruptedException {
        if (engine.chatTemplate().isEmpty()) {
            throw new CommandFailure(ExitStatus.DATA, "the model file has no chat template: it continues text",
                    "give a PROMPT to be continued: outpost run MODEL \"Once upon a time\"");
        }
        terminal.err().println("type a line, /exit ends");
        var turns = new ArrayList<Message>();
        var lines = new BufferedReader(new InputStreamReader(terminal.in(), StandardCharsets.UTF_8));
        while (true) {
            terminal.err().print("> ");
            String line = lines.readLine();
            if (line == null || line.strip().equals("/exit")) {
                return;
            }
            if (!line.isBlank()) {
                List<Message> asked = turns(turns, line);
                Answer answer = answer(engine, rendered(engine, asked), sampling);
                turns.clear();
                turns.addAll(asked);
                turns.add(Message.of("assistant", answer.text()));
                report(answer);
            }
        }
    }

    private List<Message> turns(List<Message> before, String question) {
        var turns = new ArrayList<Message>(before);
        if (turns.isEmpty() && system != null) {
            turns.add(Message.of("system", system));
        }
        turns.add(Message.of("user", question));
        return turns;
    }

    private static int[] plain(Engine engine, String text) {
        return engine.tokenizer().encodePrompt(text, false);
    }

    // A template writes the special tokens itself, the one that begins a sequence included.
    private static int[] rendered(Engine engine, List<Message> turns) {
        String text = engine.chatTemplate().orElseThrow().render(turns, List.of(), true, Map.of());
        return ChatTokens.of(engine.tokenizer(), text);
    }

    private Answer answer(Engine engine, int[] tokens, SamplingOptions sampling) throws InterruptedException {
        var request = new GenerationRequest(tokens, maxTokens, sampling, List.of(), -1, false, RequestClass.NORMAL,
                "terminal", OptionalLong.empty());
        var text = new StringBuilder();
        try (Generation generation = engine.generate(request)) {
            while (true) {
                switch (generation.take()) {
                    case GenerationEvent.Token token -> show(token.text(), text);
                    case GenerationEvent.Finished end -> {
                        show(end.text(), text);
                        return new Answer(text.toString(), end);
                    }
                    case GenerationEvent.Failed failed -> throw failed.cause();
                }
            }
        }
    }

    private void show(String piece, StringBuilder text) {
        text.append(piece);
        if (!json) {
            terminal.out().print(piece);
            terminal.out().flush();
        }
    }

    private void report(Answer answer) {
        var usage = answer.end().usage();
        double promptRate = rate(usage.promptTokens() - usage.cachedTokens(), usage.prefillNanos());
        double answerRate = rate(usage.completionTokens() - 1, usage.decodeNanos());
        if (json) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartObject();
                out.writeStringField("text", answer.text());
                out.writeStringField("finish_reason", answer.end().reason().name().toLowerCase(Locale.ROOT));
                out.writeNumberField("prompt_tokens", usage.promptTokens());
                out.writeNumberField("completion_tokens", usage.completionTokens());
                out.writeNumberField("prompt_tokens_per_second", promptRate);
                out.writeNumberField("tokens_per_second", answerRate);
                out.writeEndObject();
            }));
            return;
        }
        terminal.out().println();
        terminal.out().flush();
        terminal.err()
                .println(String.format(Locale.ROOT,
                        "[prompt %d tokens, %.1f tokens/s; answer %d tokens, %.1f tokens/s%s]",
                        usage.promptTokens(), promptRate, usage.completionTokens(), answerRate,
                        switch (answer.end().reason()) {
                            case STOP -> "";
                            case LENGTH -> "; stopped at the length limit";
                            case CANCELLED -> "; cancelled";
                            case DEADLINE -> "; deadline passed";
                        }));
    }

    private static double rate(int tokens, long nanos) {
        return nanos <= 0 || tokens <= 0 ? 0 : tokens * 1e9 / nanos;
    }
}
