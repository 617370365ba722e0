package dev.outpost.runtime.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The process's environment and system properties, read once: the only class that does.
 *
 * @param root the file system's root; tests bring their own
 * @param environment variables by name
 * @param home the user's home directory
 * @param application directory this application was started from, where it was packaged
 * @param aotCache the AOT cache the launcher looked for; empty where it is switched off
 */
public record Surroundings(Path root, Map<String, String> environment, Path home, Optional<Path> application,
        Optional<Path> aotCache) {

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    public static Surroundings ofProcess() {
        return new Surroundings(Path.of("/"), System.getenv(), Path.of(System.getProperty("user.home", "/")),
                property("outpost.home"), property("outpost.aot"));
    }

    private static Optional<Path> property(String name) {
        return Optional.ofNullable(System.getProperty(name)).filter(text -> !text.isEmpty()).map(Path::of);
    }

    public Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
    }

    /** Under systemd its StateDirectory, else the user's state directory. */
    public Path stateDirectory() {
        return variable("STATE_DIRECTORY").map(Surroundings::first)
                .or(() -> variable("XDG_STATE_HOME").map(home -> Path.of(home, "outpost")))
                .orElse(home.resolve(".local/state/outpost"));
    }

    /** The variables of this product that name a section of the configuration, sorted. */
    Map<String, String> settings() {
        var found = new TreeMap<String, String>();
        environment.forEach((name, value) -> {
            if (SettingTable.all().stream().map(Setting::variable)
                    .anyMatch(known -> name.startsWith(known.substring(0, known.indexOf('_', 8) + 1)))) {
                found.put(name, value);
            }
        });
        return found;
    }

    // systemd separates several directories by colons
    private static Path first(String directories) {
        return Path.of(directories.split(":", 2)[0]);
    }
}
