package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.CertificateRequest.Subject;
import dev.outpost.provisioning.identity.FileKey;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.PaceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/** A founded fleet of the site {@code plant} in a directory, with its database open. */
final class HubRig implements AutoCloseable {

    static final String SITE = "plant";

    final Path path;
    final FleetDirectory directory;
    final FleetKeys keys;
    final FleetDatabase database;

    /** @param url of the database; empty for the directory's SQLite file */
    HubRig(Path path, String url) {
        this.path = path;
        var settings = new FleetSettings(SITE, new TreeMap<>(), "", List.of(), 10, 10, url);
        Founding.found(path, settings, path.resolve("offline"), Optional.empty(), Instant.now());
        directory = FleetDirectory.open(path);
        keys = FleetKeys.online(directory);
        database = FleetDatabase.open(directory.database());
    }

    /** Makes a device known without a certificate. */
    void register(String device, String... groups) {
        database.devices().register(SITE, device, "pi", Set.of(groups));
    }

    EnrolmentDesk desk() {
        return new EnrolmentDesk(CertificateAuthority.open(directory), SITE, database, InstantSource.system());
    }

    /** A request for a certificate, signed with the key that lies in {@code folder}. */
    CertificateRequest request(String folder, String device, String token) {
        var key = FileKey.openOrCreate(new DirectoryStorage(path.resolve("devices").resolve(folder)));
        return CertificateRequest.sign(key, new Subject(SITE, device, "serial-1", "pi"), token);
    }

    void claim(String device, String token) {
        database.claims().add(device, database.claims().nextCounter(device), token, Instant.now());
    }

    /** Makes a device known, and gives it a certificate. */
    CertificatePair enrol(String device, String... groups) {
        register(device, groups);
        claim(device, "token-" + device);
        var answer = desk().answer(request(device, device, "token-" + device).der(), Optional.empty());
        return new CertificatePair(FileKey.openOrCreate(new DirectoryStorage(path.resolve("devices").resolve(device))),
                answer.chain());
    }

    /** An impatient link of its own. */
    static MqttGateway link(int port, String client) {
        return new MqttGateway(List.of(settings(port, client)), RandomGenerator.getDefault());
    }

    static LinkSettings settings(int port, String client) {
        return LinkSettings.of("fleet", "127.0.0.1", port, client)
                .withPace(new PaceSettings(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(1),
                        100_000))
                .withDeadlines(Duration.ofSeconds(2), Duration.ofSeconds(2), Duration.ofSeconds(2));
    }

    static void publish(MqttPort link, String topic, byte[] payload, boolean retained) {
        link.publish(MqttOutgoing.of(topic, payload, 1, retained)).join();
    }

    @Override
    public void close() {
        database.close();
    }
}
