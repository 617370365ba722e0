package dev.outpost.runtime.cli;

import dev.outpost.engine.Engine;
import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.store.StoredModel;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.GoldenBook;
import dev.outpost.runtime.fleet.hub.GoldenFile;
import dev.outpost.runtime.fleet.hub.ModelFacts;
import dev.outpost.runtime.fleet.hub.ReleaseBook;
import dev.outpost.runtime.fleet.hub.ReleaseDesk;
import dev.outpost.runtime.update.EngineHealthProbe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet release}: brings a file into the store, asks it its golden questions and signs what it is. */
@Command(name = "release", description = "Sign a model as a release: digests, memory need, golden questions.")
final class FleetReleaseCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "MODEL", description = "GGUF file, or another file with --kind.")
    private Path model;

    @Option(names = "--line", paramLabel = "NAME", required = true, description = "The model line it belongs to.")
    private String line;

    @Option(names = "--title", paramLabel = "TEXT", required = true, description = "What it is, for people.")
    private String title;

    @Option(names = "--licence", paramLabel = "NAME", required = true, description = "The licence's name.")
    private String licence;

    @Option(names = "--counter", paramLabel = "N", description = "Counter in the line, or auto: the next (default).")
    private String counter = "auto";

    @Option(names = "--kind", paramLabel = "KIND", description = "model (default), questions or adapter.")
    private String kind = "model";

    @Option(names = "--golden", paramLabel = "FILE", description = "Golden questions: a YAML or JSON list of {prompt, expect, maxTokens}; "
            + "without expect the answer is recorded.")
    private Path golden;

    @Option(names = "--ask", paramLabel = "PROMPT", description = "A golden question whose answer is recorded here.")
    private List<String> asks = List.of();

    @Option(names = "--ask-tokens", paramLabel = "N", description = "Tokens of those answers (default: "
            + "${DEFAULT-VALUE}).")
    private int askTokens = GoldenFile.MAX_TOKENS;

    @Option(names = "--minimum-passed", paramLabel = "N", description = "Golden questions a device must get right (default: "
            + "all).")
    private Integer minimumPassed;

    @Option(names = "--answer-millis", paramLabel = "MS", description = "Longest time of a golden answer on a device (default: no "
            + "limit).")
    private int answerMillis;

    @Option(names = "--trial-answers", paramLabel = "N", description = "Good answers to real requests before a device keeps it (default: "
            + "${DEFAULT-VALUE}).")
    private int trialAnswers;

    @Option(names = "--quality", paramLabel = "NAME=N", description = "A measured figure, for people.")
    private Map<String, Double> quality = Map.of();

    @Option(names = "--min-runtime", paramLabel = "VERSION", description = "Oldest runtime that can serve it (default: this "
            + "one).")
    private String minRuntime;

    @Option(names = "--profiles", paramLabel = "NAMES", split = ",", description = "Device profiles it is made for (default: "
            + "all).")
    private List<String> profiles = List.of();

    @Option(names = "--days", paramLabel = "N", description = "How long it may be installed (default: "
            + "${DEFAULT-VALUE}).")
    private int days = 1825;

    @Mixin
    private FleetPlace place;

    @Mixin
    private KeyPlace keys;

    @Mixin
    private LoadOptions load;

    FleetReleaseCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        FleetDirectory directory = place.directory();
        TargetKind what = kind();
        List<GoldenFile.Asked> asked = asked(what);
        long bytes = Files.size(ModelFile.existing(model));
        try (var database = place.database(directory)) {
            var desk = new ReleaseDesk(directory, keys.keys(directory), database);
            desk.requireKeys();
            Optional<Setup> setup = what == TargetKind.MODEL ? Optional.of(setup()) : Optional.empty();
            long memory = setup.map(known -> Engine.plan(model, known.options()).total()).orElse(bytes);
            StoredModel stored;
            try (var reading = new ProgressBar(terminal, "reading", bytes);
                    var storing = new ProgressBar(terminal, "storing", bytes)) {
                stored = desk.bring(model, line, reading, storing);
            }
            var verified = setup.isPresent() && !asked.isEmpty()
                    ? ask(directory.file(stored.digest()).orElseThrow(), setup.get(), stored, asked)
                    : new GoldenBook.Verified(List.of(), 0);
            var wish = new ReleaseDesk.Wish(what, line, counter(), title,
                    setup.isPresent() ? ModelFacts.quantisation(model) : "", memory, runtime(), profiles, licence,
                    verified.questions(), new GateLimits(minimumPassed == null
                            ? verified.questions().size()
                            : minimumPassed, answerMillis, trialAnswers),
                    new TreeMap<>(quality), Duration.ofDays(days));
            report(desk.sign(stored, wish, Instant.now()), verified);
        }
        return ExitStatus.OK.code();
    }

    private Setup setup() {
        var flags = load.flags();
        flags.putIfAbsent("engine.parallel", "1");
        return rooms.setup(load.config(), flags);
    }

    /** The stored bytes are asked, not the named file: what is signed is what answered. */
    private GoldenBook.Verified ask(Path stored, Setup setup, StoredModel digest, List<GoldenFile.Asked> asked) {
        try (Engine engine = rooms.open(stored, setup);
                var bar = new ProgressBar(terminal, "asking golden questions", 0)) {
            return GoldenBook.verify(EngineHealthProbe.of(engine), digest.digest(), asked, bar::count);
        }
    }

    private List<GoldenFile.Asked> asked(TargetKind what) {
        List<GoldenFile.Asked> asked = new ArrayList<>(golden == null ? List.of() : GoldenFile.read(golden));
        asks.forEach(prompt -> asked.add(new GoldenFile.Asked(prompt, Optional.empty(), askTokens)));
        if (what != TargetKind.MODEL && !asked.isEmpty()) {
            throw new CommandFailure(ExitStatus.USAGE, "only a model answers questions: kind=" + what.word(), "");
        }
        if (what == TargetKind.MODEL && asked.isEmpty()) {
            terminal.err().println("outpost: no golden questions: devices only check that the model loads; "
                    + "--ask PROMPT records one");
        }
        return asked;
    }

    private TargetKind kind() {
        for (TargetKind known : TargetKind.values()) {
            if (known.word().equals(kind)) {
                return known;
            }
        }
        throw new CommandFailure(ExitStatus.USAGE, "--kind: expected model, questions or adapter, found=" + kind, "");
    }

    private OptionalLong counter() {
        if (counter.equals("auto")) {
            return OptionalLong.empty();
        }
        if (!counter.matches("[1-9]\\d{0,14}")) {
            throw new CommandFailure(ExitStatus.USAGE, "--counter: expected a number or auto, found=" + counter, "");
        }
        return OptionalLong.of(Long.parseLong(counter));
    }

    private Version runtime() {
        String version = minRuntime == null ? VersionCommand.version() : minRuntime;
        if (!version.matches("\\d+\\.\\d+\\.\\d+(-.*)?")) {
            if (minRuntime != null) {
                throw new CommandFailure(ExitStatus.USAGE, "--min-runtime: expected 1.2.3, found=" + version, "");
            }
            return new Version(0, 0, 0);
        }
        return Version.parse(version);
    }

    private void report(ReleaseBook.Signed release, GoldenBook.Verified verified) {
        var row = release.row();
        var manifest = release.manifest();
        if (place.json()) {
            terminal.out().println(JsonText.of(out -> FleetReleasesCommand.write(out, release)));
            return;
        }
        terminal.out().println("release " + row.line() + "@" + row.counter() + ": " + row.name());
        terminal.out().println("  file    " + row.file() + ", " + row.bytes() + " bytes " + manifest.quantisation());
        terminal.out().println("  memory  " + manifest.file().memoryBytes() + " bytes");
        terminal.out().println("  golden  " + manifest.golden().size() + " questions, slowest answer here "
                + verified.slowestMillis() + " ms");
        terminal.err().println("next: outpost fleet rollout " + row.line() + "@" + row.counter() + " --to GROUP"
                + place.flag());
    }
}
