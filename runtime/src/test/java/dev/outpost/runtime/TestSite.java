package dev.outpost.runtime;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.store.StoredModel;
import dev.outpost.runtime.fleet.hub.Bundle;
import dev.outpost.runtime.fleet.hub.ClaimDesk;
import dev.outpost.runtime.fleet.hub.CommandDesk;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.FleetKeys;
import dev.outpost.runtime.fleet.hub.FleetSettings;
import dev.outpost.runtime.fleet.hub.Founding;
import dev.outpost.runtime.fleet.hub.Hub;
import dev.outpost.runtime.fleet.hub.HubCounters;
import dev.outpost.runtime.fleet.hub.HubSettings;
import dev.outpost.runtime.fleet.hub.HubTls;
import dev.outpost.runtime.fleet.hub.ReleaseBook;
import dev.outpost.runtime.fleet.hub.ReleaseDesk;
import dev.outpost.runtime.fleet.hub.RolloutDesk;
import dev.outpost.runtime.fleet.hub.RootDesk;
import dev.outpost.runtime.fleet.hub.database.CommandRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.PaceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A fleet's own side in a test: its directory with real keys, its database, and where a broker is given, its hub. */
final class TestSite implements AutoCloseable {

    static final String SITE = "plant-1";
    static final PaceSettings BRISK = new PaceSettings(Duration.ofMillis(20), Duration.ofMillis(200),
            Duration.ofSeconds(1), 6_000);

    final FleetDirectory directory;
    final FleetDatabase database;
    final FleetKeys keys;
    private final Path files;
    private Optional<MqttGateway> gateway = Optional.empty();
    private Optional<Hub> hub = Optional.empty();

    /** @param brokerUrl what claims say of the link {@code fleet}; empty for none */
    TestSite(Path files, String brokerUrl) {
        this(files, brokerUrl.isEmpty() ? Map.of() : Map.of("fleet", brokerUrl));
    }

    /** @param links what claims say of brokers */
    TestSite(Path files, Map<String, String> links) {
        this.files = files;
        Path place = place(files);
        Founding.found(place, new FleetSettings(SITE, new TreeMap<>(links), "", List.of(), 122, 365, ""),
                files.resolve("offline"),
                Optional.empty(), Instant.now());
        directory = FleetDirectory.open(place);
        database = FleetDatabase.open(directory.database());
        keys = FleetKeys.in(List.of(directory.keys(), files.resolve("offline")), Optional.empty());
    }

    /** Where the fleet's directory is. */
    static Path place(Path files) {
        return files.resolve("site");
    }

    /** Starts the hub on a plain listener. */
    void open(int port) {
        open(LinkSettings.of("fleet", "127.0.0.1", port, "hub"));
    }

    /** Starts the hub on a listener that wants its certificate. */
    void openSecured(int port) {
        open(LinkSettings.of("fleet", "localhost", port, "hub").withTls(new HubTls(directory)::client));
    }

    private void open(LinkSettings at) {
        var link = at.withPace(BRISK);
        var links = new MqttGateway(List.of(link), new Random(1));
        gateway = Optional.of(links);
        hub = Optional.of(new Hub(directory, keys, database, links.link("fleet").orElseThrow(),
                HubSettings.DEFAULT.withTimes(Duration.ofMillis(50), Duration.ofMillis(300), Duration.ofMillis(500),
                        Duration.ofSeconds(2)),
                List.of(), InstantSource.system()));
        links.start();
    }

    /** What the hub counted, for messages of failed assertions. */
    String counted() {
        return hub.map(running -> Arrays.stream(HubCounters.Count.values())
                .map(count -> count + "=" + running.counters().get(count)).collect(Collectors.joining(" ")))
                .orElse("no hub");
    }

    /** A claim file for a device. */
    Path claim(String device, String... groups) throws IOException {
        // opened anew: a fleet's settings may have been edited
        byte[] claim = new ClaimDesk(FleetDirectory.open(place(files)), keys, database)
                .claim(List.of(new ClaimDesk.Wanted(device, Set.of(groups), "pi")), Instant.now()).getFirst();
        return Files.write(files.resolve(device + ".claim"), claim);
    }

    /** Releases a file. */
    ReleaseBook.Signed release(TargetKind kind, String line, byte[] content) throws IOException {
        var desk = new ReleaseDesk(directory, keys, database);
        Path file = Files.write(files.resolve(line + ".file"), content);
        StoredModel model = desk.bring(file, line, read -> {}, copied -> {});
        return desk.sign(model, new ReleaseDesk.Wish(kind, line, OptionalLong.empty(), line, "", 1_000,
                new Version(0, 1, 0), List.of(), "Apache-2.0", List.of(new GoldenQuestion("2 + 2 = ?", "4", 8)),
                new GateLimits(1, 5_000, 0), new TreeMap<>(Map.of()), Duration.ofDays(30)), Instant.now());
    }

    /** Lets a release out to a device or group; its file comes by stick. */
    void rollOut(String name, ReleaseBook.Signed release, Path stick) {
        var desk = new RolloutDesk(directory, keys, database);
        Addressee addressee = desk.addressee(name);
        desk.begin(addressee, release, RolloutDesk.Wish.everybody(), Instant.now());
        Bundle.collect(directory, database, stick, Set.of()).write(written -> {});
    }

    void revoke(String line, long counter) {
        new RootDesk(directory, files.resolve("offline"), Optional.empty(), database).revoke(line, counter,
                Instant.now());
    }

    CommandRow command(String device, Command.Operation operation) {
        return new CommandDesk(directory, keys, database).give(device, operation, Duration.ofHours(1), Instant.now());
    }

    @Override
    public void close() {
        hub.ifPresent(Hub::close);
        gateway.ifPresent(MqttGateway::close);
        database.close();
    }
}
