package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.runtime.fleet.TopicsPage;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.FleetKeys;
import dev.outpost.runtime.fleet.hub.ReleaseDesk;
import dev.outpost.runtime.fleet.hub.RolloutDesk;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.Mosquitto;
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

/**
 * A site on one machine: a fleet made by the command line, its broker and its hub. The broker is Mosquitto with mutual TLS
 * and the
 * documented access list; where that is missing, or {@code -Doutpost.broker=embedded}, HiveMQ in this process with plain TCP.
 */
final class FleetSite implements AutoCloseable {

    private static final String SITE = "plant-1";

    final Path directory;
    final FleetProcess hub;
    final String broker;
    private final Application manager;
    private final Runnable closeBroker;
    private final Path root;
    private final String bandwidth;

    /** @param bandwidth of each device's downloads */
    FleetSite(Path root, String bandwidth) throws IOException, InterruptedException {
        this.root = root;
        this.bandwidth = bandwidth;
        this.directory = root.resolve("fleet");
        this.manager = new Application(Files.createDirectories(root.resolve("manager")));
        boolean mosquitto = !"embedded".equals(System.getProperty("outpost.broker"))
                && Programs.look("mosquitto", "/usr/sbin", "/usr/local/sbin").isPresent();
        fleet("init", directory.toString(), "--site", SITE, "--broker", "mqtts://127.0.0.1:1");
        if (mosquitto) {
            fleet("certificate", "--server", "127.0.0.1", "-d", directory.toString());
            Path ca = directory.resolve("ca");
            var server = Mosquitto.mutualTls(root.resolve("broker"), new Mosquitto.Tls(ca.resolve("ca.pem"),
                    ca.resolve("127.0.0.1.pem"), ca.resolve("127.0.0.1-key.pem"), Optional.empty()),
                    TopicsPage.acl(SITE), TopicsPage.enrolmentAcl(SITE));
            closeBroker = server::close;
            broker = "Mosquitto, mutual TLS 1.3";
            links("\"enrol\":\"mqtts://127.0.0.1:" + server.enrolmentPort() + "\",\"fleet\":\"mqtts://127.0.0.1:"
                    + server.port() + "\"");
        } else {
            var server = new EmbeddedBroker(Files.createDirectories(root.resolve("broker")));
            closeBroker = server::close;
            broker = "HiveMQ CE, plain TCP";
            links("\"fleet\":\"mqtt://127.0.0.1:" + server.port() + "\"");
        }
        hub = new FleetProcess("hub", manager, List.of("fleet", "hub", "-d", directory.toString()), false);
        hub.startAndAwait("ready: site " + SITE);
    }

    /** Runs a fleet verb; fails when it does. */
    String fleet(String... arguments) throws IOException, InterruptedException {
        var all = new ArrayList<>(List.of("fleet"));
        all.addAll(List.of(arguments));
        var result = manager.run(all.toArray(String[]::new));
        assertEquals(0, result.status(), () -> all + "\n" + result.out() + result.err());
        return result.out();
    }

    /** A device with its claim, not started: it has its own copy of the application and its own state. */
    FleetProcess device(String name) throws IOException, InterruptedException {
        fleet("enroll", name, "--groups", "presses", "-d", directory.toString(), "--out", root.toString());
        var application = new Application(Files.createDirectories(root.resolve(name)));
        var arguments = new ArrayList<>(List.of("serve", "--port", "0", "--threads", "1", "--state-dir",
                state(name).toString()));
        var settings = new TreeMap<>(Map.of("device.id", name, "fleet.claim", root.resolve(name + ".json").toString(),
                "fleet.groups", "presses", "fleet.carriers", "mqtt", "fleet.bandwidth", bandwidth,
                "fleet.look-interval",
                "500ms", "fleet.enrol-backoff", "1s", "telemetry.metric-interval", "1s"));
        settings.putAll(Map.of("link.fleet.backoff-first", "100ms", "link.fleet.backoff-most", "2s",
                "link.fleet.connects-per-minute", "600"));
        settings.forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
        return new FleetProcess(name, application, arguments, true);
    }

    Path state(String device) {
        return root.resolve(device).resolve("state").resolve("outpost");
    }

    /** Brings a model into a device's store and makes it active, before the device first serves. */
    void factoryModel(FleetProcess device, Path model) throws IOException, InterruptedException {
        var result = device.application().run("import", model.toString(), "--activate", "--state-dir",
                state(device.name).toString());
        assertEquals(0, result.status(), result.err());
    }

    /**
     * Signs a model with golden questions whose expected answers are wrong. The command line refuses to: it asks the model
     * before it signs.
     */
    String releaseWithWrongAnswers(Path model, String line) {
        var fleet = FleetDirectory.open(directory);
        try (var database = FleetDatabase.open(fleet.database())) {
            var desk = new ReleaseDesk(fleet, FleetKeys.in(List.of(fleet.keys()), Optional.empty()), database);
            var stored = desk.bring(model, line, bytes -> {}, bytes -> {});
            var signed = desk.sign(stored, new ReleaseDesk.Wish(TargetKind.MODEL, line, OptionalLong.empty(),
                    "Answers wrongly", "Q8_0", 64 << 20, new Version(0, 1, 0), List.of(), "Apache-2.0",
                    List.of(new GoldenQuestion("What is the capital of France?", "Paris", 8)), new GateLimits(1, 0, 0),
                    new TreeMap<>(), Duration.ofDays(1)), Instant.now());
            return line + "@" + signed.row().counter();
        }
    }

    /** What a device reported last. */
    Optional<DeviceReport> report(String device) {
        try (var database = FleetDatabase.open(FleetDirectory.open(directory).database())) {
            return database.devices().find(device).flatMap(row -> row.report()).flatMap(RolloutDesk::report);
        }
    }

    /** Failure notices that the hub has verified and kept: device, outcome, release. */
    List<String> failures() {
        try (var database = FleetDatabase.open(FleetDirectory.open(directory).database())) {
            return database.failures().all().stream().map(failure -> failure.device() + " " + failure.outcome() + " "
                    + failure.line() + "@" + failure.counter()).toList();
        }
    }

    /** Telemetry records that the hub has on its disk, by device. */
    Map<String, Long> telemetry() {
        try (var database = FleetDatabase.open(FleetDirectory.open(directory).database())) {
            return database.telemetry().counts();
        }
    }

    @Override
    public void close() {
        hub.close();
        closeBroker.run();
    }

    private void links(String members) throws IOException {
        Path file = directory.resolve("fleet.json");
        Files.writeString(file, Files.readString(file).replaceAll("\"links\": \\{[^}]*}",
                "\"links\": {" + members + "}"));
    }
}
