package dev.outpost.runtime;

import dev.outpost.device.BoardProfile;
import dev.outpost.device.DeviceProbe;
import dev.outpost.device.DeviceProfile;
import dev.outpost.device.ProfileCatalogue;
import dev.outpost.device.ProfileMatch;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.config.ConfigChain;
import dev.outpost.runtime.config.FleetText;
import dev.outpost.runtime.config.Origin;
import dev.outpost.runtime.config.ProfileText;
import dev.outpost.runtime.config.ResolvedConfig;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.config.Surroundings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Joins settings and device to the options the engine is opened with. */
final class EngineSetup {

    // Measured: a serving process commits 25 MiB after some requests; -Xmx is there for long prompts and vocabularies.
    private static final long HEAP_BYTES = 48L << 20;
    // The model's own length: the engine lowers what is more.
    private static final int LONGEST_CONTEXT = 1 << 20;

    private final Surroundings surroundings;
    private final DeviceProfile device;
    private final ProfileCatalogue catalogue = new ProfileCatalogue();

    EngineSetup(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.device = new DeviceProbe(surroundings.root(), EngineSetup::known).probe();
    }

    static DeviceProbe.Known known() {
        var system = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new DeviceProbe.Known(system.getArch(), Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize(), system.getFreeMemorySize());
    }

    ResolvedConfig config(Optional<Path> file, Map<String, String> flags) {
        var chain = new ConfigChain(surroundings, file, flags);
        ResolvedConfig own = chain.resolve(this::profileText);
        List<FleetText> fleet = FleetShelf.read(own.config().state().directory());
        return fleet.isEmpty() ? own : chain.resolve(this::profileText, fleet);
    }

    Setup setup(Optional<Path> file, Map<String, String> flags) {
        ResolvedConfig resolved = config(file, flags);
        return new Setup(resolved, device, profileLine(resolved.config().device().profile()), options(resolved));
    }

    private Optional<ProfileText> profileText(String wanted) {
        return switch (wanted) {
            case "none" -> Optional.empty();
            case "auto" -> catalogue.nearest(device).map(match -> text(match.profile()));
            default -> Optional.of(named(wanted));
        };
    }

    private ProfileText named(String wanted) {
        Optional<BoardProfile> known = catalogue.byName(wanted);
        if (known.isPresent()) {
            return text(known.get());
        }
        if (!wanted.contains("/") && !wanted.endsWith(".yaml")) {
            throw new CommandFailure(ExitStatus.CONFIG, "unknown profile: name=" + wanted, "expected auto, none, "
                    + catalogue.profiles().stream().map(BoardProfile::name).collect(Collectors.joining(", "))
                    + ", or the path of a profile file");
        }
        try {
            return new ProfileText(wanted, Files.readString(Path.of(wanted)));
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.NO_INPUT, "profile file cannot be read: " + e.getMessage(), "");
        }
    }

    private static ProfileText text(BoardProfile profile) {
        return new ProfileText(profile.name(), profile.yaml());
    }

    private String profileLine(String wanted) {
        if (!wanted.equals("auto")) {
            return wanted + " (as configured)";
        }
        Optional<ProfileMatch> match = catalogue.nearest(device);
        return match.map(found -> found.profile().name() + " (" + found.reason() + ")")
                .orElse("none (no profile for architecture " + device.cpu().architecture() + ")");
    }

    private EngineOptions options(ResolvedConfig resolved) {
        RuntimeConfig.Engine engine = resolved.config().engine();
        int usable = device.cpu().usableCores();
        boolean fromProfile = resolved.setting("engine.threads").orElseThrow().origin() instanceof Origin.Profile;
        int threads = engine.threads().orElse(usable);
        EngineOptions options = EngineOptions.DEFAULTS
                // a profile knows the board, not what a control group leaves of it
                .withThreads(fromProfile ? Math.min(threads, usable) : threads)
                .withContext(engine.context().orElse(LONGEST_CONTEXT)).withParallel(engine.parallel())
                .withMemoryBudgetBytes(engine.memoryBudgetBytes().orElseGet(() -> share(engine.memoryShare())))
                .withKvType(KvType.valueOf(engine.kvType().toUpperCase(Locale.ROOT)))
                .withHeapBytes(HEAP_BYTES).withChunkMillis(engine.chunkMillis()).withQueueLimit(engine.queueLimit());
        return engine.isa().flatMap(IsaLevel::parse).map(options::withIsaCap).orElse(options);
    }

    private long share(double share) {
        return Math.max(1, (long) (device.memory().usable() * share));
    }
}
