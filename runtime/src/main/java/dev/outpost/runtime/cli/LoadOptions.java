package dev.outpost.runtime.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags of every verb that loads a model; each is a setting, {@code --set} reaches the others. */
final class LoadOptions {

    @Option(names = {"-t", "--threads"}, paramLabel = "N", description = "Worker threads (default: one per core).")
    private String threads;

    @Option(names = "--context", paramLabel = "TOKENS", description = "Tokens of one request.")
    private String context;

    @Option(names = "--parallel", paramLabel = "N", description = "Requests that run at once.")
    private String parallel;

    @Option(names = "--memory-budget", paramLabel = "SIZE", description = "Most memory to take, such as 2GiB.")
    private String memoryBudget;

    @Option(names = "--kv-type", paramLabel = "TYPE", description = "Key-value cache: f16 or q8_0.")
    private String kvType;

    @Option(names = "--isa", paramLabel = "TIER", description = "Highest kernel tier, such as scalar or vector.")
    private String isa;

    @Option(names = "--profile", paramLabel = "NAME", description = "Device profile: auto, none, a name or a file.")
    private String profile;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any setting, such as server.max-body=2MiB.")
    private List<String> settings = List.of();

    @Option(names = "--config", paramLabel = "FILE", description = "Read this file instead of the system's.")
    private Path config;

    Optional<Path> config() {
        return Optional.ofNullable(config);
    }

    /** Values by setting key; what was not given is absent. */
    Map<String, String> flags() {
        Map<String, String> flags = parsed(settings);
        put(flags, "engine.threads", threads);
        put(flags, "engine.context", context);
        put(flags, "engine.parallel", parallel);
        put(flags, "engine.memory-budget", memoryBudget);
        put(flags, "engine.kv-type", kvType);
        put(flags, "engine.isa", isa);
        put(flags, "device.profile", profile);
        return flags;
    }

    /** The pairs given by {@code --set}. */
    static Map<String, String> parsed(List<String> settings) {
        var flags = new LinkedHashMap<String, String>();
        for (String setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new CommandFailure(ExitStatus.USAGE, "--set: expected KEY=VALUE, found=" + setting,
                        "`outpost config explain` lists all keys");
            }
            flags.put(setting.substring(0, equals).strip(), setting.substring(equals + 1));
        }
        return flags;
    }

    static void put(Map<String, String> flags, String key, String value) {
        if (value != null) {
            flags.put(key, value);
        }
    }
}
