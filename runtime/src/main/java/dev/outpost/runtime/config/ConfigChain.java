package dev.outpost.runtime.config;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The chain, weakest first: defaults, device profile, files, the fleet's configuration, environment, flags.
 *
 * <p>Which profile applies is itself a setting, so the chain is resolved once without a profile and once with it.
 */
public final class ConfigChain {

    private final Surroundings surroundings;
    private final Optional<Path> onlyFile;
    private final List<RawValue> flags;

    /**
     * @param onlyFile read instead of the system's files
     * @param flags values by setting key; the flag's own name is shown as the origin
     */
    public ConfigChain(Surroundings surroundings, Optional<Path> onlyFile, Map<String, String> flags) {
        this.surroundings = surroundings;
        this.onlyFile = onlyFile;
        this.flags = flags.entrySet().stream().map(flag -> RawValue.scalar(flag.getKey(), flag.getValue(),
                new Origin.Flag(SettingTable.byKey(flag.getKey()).flatMap(Setting::flag)
                        .orElse("--set " + flag.getKey()))))
                .toList();
    }

    static ResolvedConfig defaultsOnly() {
        return Resolution.of(List.of(), new Surroundings(Path.of("/"), Map.of(), Path.of("/"), Optional.empty(),
                Optional.empty()));
    }

    /**
     * As {@link #resolve(Function)}, with the newest of the fleet's configurations that applies, between files and
     * environment. A pure function of its arguments and the files.
     *
     * @param fleet what the fleet signed, newest first
     */
    public ResolvedConfig resolve(Function<String, Optional<ProfileText>> profiles, List<FleetText> fleet) {
        var passedOver = new ArrayList<ConfigProblem>();
        for (FleetText text : fleet) {
            try {
                ResolvedConfig resolved = resolved(profiles, text.values());
                return new ResolvedConfig(resolved.config(), resolved.settings(), passedOver);
            } catch (ConfigException e) {
                passedOver.addAll(e.problems());
            }
        }
        ResolvedConfig own = resolve(profiles);
        return new ResolvedConfig(own.config(), own.settings(), passedOver);
    }

    /**
     * @param profiles from the value of {@code device.profile} to the profile to apply
     * @throws ConfigException with every problem found
     */
    public ResolvedConfig resolve(Function<String, Optional<ProfileText>> profiles) {
        return resolved(profiles, List.of());
    }

    private ResolvedConfig resolved(Function<String, Optional<ProfileText>> profiles, List<RawValue> fleet) {
        var above = new ArrayList<RawValue>();
        files().forEach(file -> above.addAll(ConfigFile.read(file)));
        above.addAll(fleet);
        surroundings.settings().forEach((name, value) -> above.add(variable(name, value)));
        above.addAll(flags);
        String wanted = Resolution.of(above, surroundings).config().device().profile();
        var all = new ArrayList<RawValue>();
        profiles.apply(wanted).ifPresent(profile -> all.addAll(profile.values()));
        all.addAll(above);
        return Resolution.of(all, surroundings);
    }

    /** The files that exist and are read, weakest first. */
    public List<Path> files() {
        if (onlyFile.isPresent()) {
            return List.of(onlyFile.get());
        }
        var candidates = new ArrayList<Path>();
        surroundings.application().ifPresent(home -> candidates.add(home.resolve("conf/outpost.yaml")));
        candidates.add(surroundings.root().resolve("usr/share/outpost/outpost.yaml"));
        candidates.add(surroundings.root().resolve("etc/outpost/outpost.yaml"));
        candidates.addAll(fragments(surroundings.root().resolve("etc/outpost/conf.d")));
        return candidates.stream().filter(Files::isReadable).toList();
    }

    private static Iterable<Path> sorted(DirectoryStream<Path> files) {
        var sorted = new TreeSet<Path>();
        files.forEach(sorted::add);
        return sorted;
    }

    private static List<Path> fragments(Path directory) {
        var found = new ArrayList<Path>();
        if (Files.isDirectory(directory)) {
            try (var files = Files.newDirectoryStream(directory, "*.yaml")) {
                sorted(files).forEach(found::add);
            } catch (IOException e) {
                throw new ConfigException(List.of(new ConfigProblem(new Origin.File(directory.toString(), 1),
                        "directory cannot be read: " + e)));
            }
        }
        return found;
    }

    private static RawValue variable(String name, String value) {
        String key = SettingTable.all().stream().filter(setting -> setting.variable().equals(name))
                .map(Setting::key).findFirst().orElse(name);
        return RawValue.scalar(key, value, new Origin.Environment(name));
    }
}
