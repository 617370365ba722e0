package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outpost.engine.Engine;
import dev.outpost.runtime.observe.EnergyMeter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost bench}: tokens per second, alone, beside a peer, or type beside type. */
@Command(name = "bench", description = "Measure prefill (pp) and decode (tg) speed.")
final class BenchCommand implements Callable<Integer> {

    private static final String TYPE_OF_REFERENCE = "Q4_1";

    private final Rooms rooms;
    private final Terminal terminal;

    @Parameters(index = "0", arity = "0..1", paramLabel = "MODEL", description = "GGUF file.")
    private Path model;

    @Option(names = "-p", paramLabel = "TOKENS", description = "Prompt length (default: ${DEFAULT-VALUE}; 0: none).")
    private int prompt = 256;

    @Option(names = "-n", paramLabel = "TOKENS", description = "Answer length (default: ${DEFAULT-VALUE}; 0: none).")
    private int answer = 64;

    @Option(names = {"-r", "--repetitions"}, paramLabel = "N", description = "Rounds (default: ${DEFAULT-VALUE}).")
    private int rounds = 3;

    @Option(names = "--peer", paramLabel = "CMD", description = "A program like llama-bench, with flags; runs in turn with ours.")
    private String peer;

    @Option(names = "--streams", paramLabel = "N", description = "Also N answers at once, their speeds added up.")
    private int streams = 1;

    @Option(names = "--beside", paramLabel = "N", description = "Also decode beside N endless processes of its own.")
    private int beside;

    @Option(names = "--types", arity = "1..*", paramLabel = "FILE", description = "Compare types: one model, several files.")
    private List<Path> types = List.of();

    @Option(names = "--json", description = "A JSON array instead of a table.")
    private boolean json;

    @Mixin
    private LoadOptions load;

    BenchCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (prompt < 0 || answer < 0 || prompt + answer == 0 || rounds < 1 || streams < 1 || beside < 0) {
            throw new CommandFailure(ExitStatus.USAGE, "nothing to measure: -p " + prompt + " -n " + answer + " -r "
                    + rounds, "`outpost bench --help`");
        }
        if (types.isEmpty() == (model == null)) {
            throw new CommandFailure(ExitStatus.USAGE, "expected either MODEL or --types FILE...",
                    "`outpost bench --help`");
        }
        var flags = load.flags();
        flags.putIfAbsent("engine.parallel", Integer.toString(Math.max(1, streams)));
        flags.putIfAbsent("engine.context", Integer.toString(Math.max(prompt, answer) + 16));
        Setup setup = rooms.setup(load.config(), flags);
        if (types.isEmpty()) {
            benchOne(setup);
        } else {
            benchTypes(setup);
        }
        return ExitStatus.OK.code();
    }

    private void benchOne(Setup setup) throws IOException, InterruptedException {
        int threads = setup.options().threads();
        Optional<PeerProgram> other = Optional.ofNullable(peer)
                .map(words -> new PeerProgram(words, model, prompt, answer, threads));
        EnergyMeter meter = EnergyMeter.under(rooms.surroundings().root());
        var ours = new SpeedTable();
        var theirs = new SpeedTable();
        String tier;
        try (Engine engine = rooms.open(ModelFile.existing(model), setup)) {
            var run = new SpeedRun(engine);
            tier = engine.tier().word();
            for (int round = 0; round < rounds; round++) {
                if (other.isPresent()) {
                    other.get().run().forEach(theirs::add);
                }
                warm(run);
                measure(run, ours, meter);
                measureCrowd(run, ours);
                if (beside > 0) {
                    measureBeside(run, ours, theirs, threads);
                }
            }
        }
        if (json) {
            terminal.out().println(JsonText.of(out -> write(out, ours, theirs)));
            return;
        }
        print("-t " + threads + " -r " + rounds + " --isa " + tier, other, ours, theirs, meter);
    }

    // As llama-bench: before each measurement the whole prompt once and one token.
    private void warm(SpeedRun run) throws InterruptedException {
        if (prompt > 0) {
            run.prefill(prompt);
        }
        if (answer > 0) {
            run.decode(1);
        }
    }

    private void measure(SpeedRun run, SpeedTable table, EnergyMeter meter) throws InterruptedException {
        if (prompt > 0) {
            var energy = meter.start();
            table.add("pp" + prompt, run.prefill(prompt));
            table.addEnergy("pp" + prompt, prompt, energy.joules());
        }
        if (answer > 0) {
            var energy = meter.start();
            table.add("tg" + answer, run.decode(answer));
            table.addEnergy("tg" + answer, answer, energy.joules());
        }
    }

    private void measureCrowd(SpeedRun run, SpeedTable table) throws InterruptedException {
        if (streams > 1) {
            run.decode(2, streams);
            table.add("tg" + answer + "x" + streams, run.decode(answer, streams));
        }
    }

    private void measureBeside(SpeedRun run, SpeedTable ours, SpeedTable theirs, int threads)
            throws IOException, InterruptedException {
        try (BusyLoad _ = new BusyLoad(beside)) {
            if (peer != null) {
                new PeerProgram(peer, model, 0, answer, threads).run().values()
                        .forEach(speed -> theirs.add(busyTest(), speed));
            }
            ours.add(busyTest(), run.decode(answer));
        }
    }

    private String busyTest() {
        return "tg" + answer + "+" + beside;
    }

    private void printKept(SpeedTable ours, SpeedTable theirs) {
        String idle = "tg" + answer;
        terminal.out()
                .println(String.format(Locale.ROOT, "beside %d endless processes decode keeps %.3f of its idle speed",
                        beside, ours.median(busyTest()) / ours.median(idle)));
        if (theirs.tests().contains(busyTest())) {
            terminal.out().println(String.format(Locale.ROOT, "the peer keeps %.3f",
                    theirs.median(busyTest()) / theirs.median(idle)));
        }
    }

    private void print(String flags, Optional<PeerProgram> other, SpeedTable ours, SpeedTable theirs,
            EnergyMeter meter) {
        var out = terminal.out();
        out.println("ours: outpost bench " + model + " -p " + prompt + " -n " + answer + " " + flags);
        ours.tests().forEach(test -> out.println(ours.row(test)));
        out.println("energy: " + meter.source());
        other.ifPresent(program -> {
            out.println("peer: " + program.commandLine() + " (once in each of " + rounds + " rounds)");
            theirs.tests().forEach(test -> out.println(theirs.row(test)));
            ours.tests().stream().filter(theirs.tests()::contains)
                    .forEach(test -> out.println(String.format(Locale.ROOT, "ratio %-8s %6.3f of the peer's", test,
                            ours.median(test) / theirs.median(test))));
        });
        if (streams > 1) {
            out.println(String.format(Locale.ROOT, "%d answers at once give %.2f times the speed of one", streams,
                    ours.median("tg" + answer + "x" + streams) / ours.median("tg" + answer)));
        }
        if (beside > 0) {
            printKept(ours, theirs);
        }
    }

    private static void write(JsonGenerator out, SpeedTable ours, SpeedTable theirs) throws IOException {
        out.writeStartArray();
        for (String test : ours.tests()) {
            out.writeStartObject();
            out.writeStringField("test", test);
            out.writeNumberField("tokens_per_second", ours.mean(test));
            out.writeNumberField("deviation", ours.deviation(test));
            if (ours.joulesPerToken(test).isPresent()) {
                out.writeNumberField("joules_per_token", ours.joulesPerToken(test).getAsDouble());
            }
            if (theirs.tests().contains(test)) {
                out.writeNumberField("peer_tokens_per_second", theirs.mean(test));
                out.writeNumberField("ratio", ours.median(test) / theirs.median(test));
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private void benchTypes(Setup setup) throws InterruptedException {
        var tables = new LinkedHashMap<Path, SpeedTable>();
        var names = new LinkedHashMap<Path, String>();
        EnergyMeter meter = EnergyMeter.under(rooms.surroundings().root());
        // Round by round, so that a slow minute of the machine falls on every type.
        for (int round = 0; round < rounds; round++) {
            for (Path file : types) {
                try (Engine engine = rooms.open(ModelFile.existing(file), setup)) {
                    names.put(file, engine.card().quantisation());
                    var run = new SpeedRun(engine);
                    warm(run);
                    measure(run, tables.computeIfAbsent(file, path -> new SpeedTable()), meter);
                }
            }
        }
        Path reference = types.stream().filter(file -> names.get(file).equals(TYPE_OF_REFERENCE)).findFirst()
                .orElseThrow(() -> new CommandFailure(ExitStatus.USAGE, "no file of type " + TYPE_OF_REFERENCE
                        + " among --types: found=" + names.values(), ""));
        if (json) {
            terminal.out().println(JsonText.of(out -> writeTypes(out, names, tables, reference)));
            return;
        }
        for (Path file : types) {
            for (String test : tables.get(file).tests()) {
                terminal.out().println(String.format(Locale.ROOT, "%-6s %s  %6.3f of %s", names.get(file),
                        tables.get(file).row(test), ratio(tables, file, reference, test), TYPE_OF_REFERENCE));
            }
        }
    }

    private static double ratio(Map<Path, SpeedTable> tables, Path file, Path reference, String test) {
        return tables.get(file).median(test) / tables.get(reference).median(test);
    }

    private static void writeTypes(JsonGenerator out, Map<Path, String> names, Map<Path, SpeedTable> tables,
            Path reference) throws IOException {
        out.writeStartArray();
        for (Path file : new ArrayList<>(tables.keySet())) {
            for (String test : tables.get(file).tests()) {
                out.writeStartObject();
                out.writeStringField("type", names.get(file));
                out.writeStringField("test", test);
                out.writeNumberField("tokens_per_second", tables.get(file).mean(test));
                out.writeNumberField("ratio", ratio(tables, file, reference, test));
                out.writeEndObject();
            }
        }
        out.writeEndArray();
    }
}
