package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.identity.ClaimFile;
import dev.outpost.provisioning.identity.Claim;
import dev.outpost.provisioning.identity.FileKey;
import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.store.StoredModel;
import dev.outpost.provisioning.verify.DeviceFacts;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.provisioning.verify.Verifier;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.wire.Desired;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/** A founded fleet with its keys on a stick, and devices that believe nothing but what they verify. */
final class FleetRig implements AutoCloseable {
    static final String SITE = "plant-7";
    static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    final Path home;
    final Path stick;
    final FleetDirectory directory;
    final FleetKeys keys;
    final FleetDatabase database;
    final Founding.Founded founded;
    Instant now = START;

    FleetRig(Path home) {
        this.home = home;
        this.stick = home.resolve("stick");
        var settings = new FleetSettings(SITE, new TreeMap<>(Map.of("fleet", "mqtts://broker.example:8883")),
                "https://hub.example/.well-known/est", List.of(), 100, 365, "");
        this.founded = Founding.found(home.resolve("fleet"), settings, stick, Optional.empty(), now);
        this.directory = FleetDirectory.open(home.resolve("fleet"));
        this.keys = FleetKeys.in(List.of(directory.keys(), stick), Optional.empty());
        this.database = FleetDatabase.open(directory.database());
    }

    /** A later moment; each call is one. */
    Instant later() {
        now = now.plusSeconds(60);
        return now;
    }

    byte[] claim(String device, String... groups) {
        return new ClaimDesk(directory, keys, database)
                .claim(List.of(new ClaimDesk.Wanted(device, Set.of(groups), "x86")), later()).getFirst();
    }

    /** A file of random bytes, released. */
    ReleaseBook.Signed release(String line, int bytes, long seed) throws IOException {
        byte[] content = new byte[bytes];
        new Random(seed).nextBytes(content);
        Path file = Files.write(home.resolve(line + "-" + seed + ".bin"), content);
        var desk = new ReleaseDesk(directory, keys, database);
        StoredModel stored = desk.bring(file, line, read -> {}, copied -> {});
        var golden = List.of(new GoldenQuestion("What is 1+1?", "two", 8));
        return desk.sign(stored,
                new ReleaseDesk.Wish(TargetKind.MODEL, line, OptionalLong.empty(), "Test " + seed, "Q8_0", 1 << 20,
                        new Version(0, 1, 0), List.of(), "Apache-2.0", golden, new GateLimits(1, 0, 0),
                        new TreeMap<>(Map.of("exactness", 0.75)), Duration.ofDays(365)),
                later());
    }

    RolloutDesk rollouts() {
        return new RolloutDesk(directory, keys, database);
    }

    RootDesk roots() {
        return new RootDesk(directory, stick, Optional.empty(), database);
    }

    /** What an addressee is told. */
    Desired told(String name) {
        return Desired.of(DesiredDesk.wire(database.desired().find(rollouts().addressee(name)).orElseThrow()));
    }

    /** Documents of one kind behind a word, in order. */
    List<byte[]> documents(Desired desired, Desired.Kind kind) {
        return desired.documents(kind).stream()
                .map(reference -> database.documents().find(reference.digest()).orElseThrow()).toList();
    }

    DeviceSide device(String id, String... groups) {
        return new DeviceSide(id, Set.of(groups));
    }

    @Override
    public void close() {
        database.close();
    }

    /** A device on a disk of its own, which was given its claim. */
    final class DeviceSide {
        final DirectoryStorage disk;
        final TrustState trust;
        final Verifier verifier;
        final Claim claim;
        final FileKey key;
        final String id;

        DeviceSide(String id, Set<String> groups) {
            this.id = id;
            this.disk = new DirectoryStorage(home.resolve("devices").resolve(id));
            this.trust = TrustState.open(disk, START.minusSeconds(86_400));
            this.claim = new ClaimFile(disk, trust).accept(FleetRig.this.claim(id, groups.toArray(String[]::new)), id);
            this.verifier = new Verifier(trust, new DeviceFacts(SITE, id, groups, "x86", new Version(0, 1, 0)));
            this.key = FileKey.openOrCreate(disk);
        }

        CertificateRequest request(String token) {
            return CertificateRequest.sign(key, new CertificateRequest.Subject(SITE, id, "board-1", "x86"), token);
        }

        /** Follows roots this device lacks, as the device agent does. */
        void follow(Desired desired) {
            for (byte[] root : documents(desired, Desired.Kind.ROOT)) {
                if (TrustState.selfSigned(root).version() > trust.root().orElseThrow().version()) {
                    verifier.followRoots(List.of(root));
                }
            }
        }
    }
}
