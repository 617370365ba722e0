package dev.outpost.runtime.cli;

import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.runtime.fleet.hub.ClaimDesk;
import dev.outpost.runtime.fleet.hub.ClaimDesk.Wanted;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.FleetKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet enroll}: makes devices known and writes a claim for each. */
@Command(name = "enroll", description = "Make devices known and write a claim file for each.")
final class FleetEnrollCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(arity = "0..*", paramLabel = "DEVICE", description = "Device ids: a-z, 0-9, hyphens.")
    private List<String> devices = List.of();

    @Option(names = "--groups", paramLabel = "NAMES", split = ",", description = "Groups they are in, joined by "
            + "commas.")
    private List<String> groups = List.of();

    @Option(names = "--profile", paramLabel = "NAME", description = "Their device profile.")
    private String profile = "";

    @Option(names = "--batch", paramLabel = "FILE", description = "Lines of: DEVICE [GROUPS|-] [PROFILE].")
    private Path batch;

    @Option(names = "--out", paramLabel = "DIR", description = "Where the claims go (default: the fleet's claims "
            + "directory).")
    private Path out;

    @Mixin
    private FleetPlace place;

    FleetEnrollCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        FleetDirectory directory = place.directory();
        List<Wanted> wanted = wanted();
        if (wanted.isEmpty()) {
            throw new CommandFailure(ExitStatus.USAGE, "no device is named", "name some, or give --batch FILE");
        }
        Path target = out == null ? directory.path().resolve("claims") : out.toAbsolutePath().normalize();
        var storage = new DirectoryStorage(target);
        try (var database = place.database(directory)) {
            var desk = new ClaimDesk(directory, FleetKeys.online(directory), database);
            List<byte[]> claims = desk.claim(wanted, Instant.now());
            for (int i = 0; i < claims.size(); i++) {
                AtomicFile.write(storage, wanted.get(i).device() + ".json", claims.get(i));
            }
        }
        report(wanted, target);
        return ExitStatus.OK.code();
    }

    private void report(List<Wanted> wanted, Path target) {
        if (place.json()) {
            terminal.out().println(JsonText.of(json -> {
                json.writeStartArray();
                for (Wanted one : wanted) {
                    json.writeStartObject();
                    json.writeStringField("device", one.device());
                    json.writeStringField("claim", target.resolve(one.device() + ".json").toString());
                    json.writeEndObject();
                }
                json.writeEndArray();
            }));
            return;
        }
        wanted.forEach(one -> terminal.out().println(target.resolve(one.device() + ".json")));
        terminal.err().println("each claim holds a secret that works once: bring it to its device and delete it here");
    }

    private List<Wanted> wanted() throws IOException {
        List<Wanted> wanted = new ArrayList<>();
        devices.forEach(device -> wanted.add(new Wanted(device, new TreeSet<>(groups), profile)));
        if (batch == null) {
            return wanted;
        }
        for (String line : Files.readAllLines(batch)) {
            String[] words = line.strip().split("\\s+");
            if (words[0].isEmpty() || words[0].startsWith("#")) {
                continue;
            }
            if (words.length > 3) {
                throw new CommandFailure(ExitStatus.DATA, batch + ": expected DEVICE [GROUPS|-] [PROFILE], found="
                        + line.strip(), "");
            }
            Set<String> own = words.length < 2
                    ? new TreeSet<>(groups)
                    : words[1].equals("-")
                            ? Set.of()
                            : new TreeSet<>(Arrays.asList(words[1].split(",")));
            wanted.add(new Wanted(words[0], own, words.length < 3 ? profile : words[2]));
        }
        return wanted;
    }
}
