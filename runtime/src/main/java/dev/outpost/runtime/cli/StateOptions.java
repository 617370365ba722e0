package dev.outpost.runtime.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The flags of every verb that works on the state directory. */
final class StateOptions {

    @Option(names = "--state-dir", paramLabel = "DIR", description = "Where state is kept.")
    private String stateDirectory;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Any setting, such as engine.context=4096.")
    private List<String> settings = List.of();

    @Option(names = "--config", paramLabel = "FILE", description = "Read this file instead of the system's.")
    private Path config;

    Setup setup(Rooms rooms) {
        var flags = new LinkedHashMap<String, String>(LoadOptions.parsed(settings));
        LoadOptions.put(flags, "state.directory", stateDirectory);
        return rooms.setup(Optional.ofNullable(config), flags);
    }
}
