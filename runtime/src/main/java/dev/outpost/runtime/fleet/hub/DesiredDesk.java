package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.DesiredRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.hub.database.RootTable.RootRow;
import dev.outpost.runtime.fleet.wire.Desired;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Writes fleet documents: what a device or group shall run, one version higher each time. */
final class DesiredDesk {
    /** A device that missed more roots than this comes home with a stick. */
    private static final int MOST_ROOTS = 256;

    private final FleetDirectory directory;
    private final FleetKeys keys;
    private final FleetDatabase database;

    DesiredDesk(FleetDirectory directory, FleetKeys keys, FleetDatabase database) {
        this.directory = directory;
        this.keys = keys;
        this.database = database;
    }

    /** What an addressee was told last. */
    Optional<FleetDocument> current(Addressee addressee) {
        return database.desired().find(addressee).map(DesiredDesk::document);
    }

    /**
     * Signs and keeps the next word to an addressee.
     *
     * @return its version
     */
    long put(Addressee addressee, List<FleetTarget> targets, Optional<ContentDigest> configuration, RolloutRule rule,
            Instant now) {
        long version = database.desired().nextVersion(addressee);
        var document = new FleetDocument(directory.settings().site(), addressee, version, targets, configuration, rule,
                now, now.plus(Duration.ofDays(directory.settings().documentDays())));
        FleetSigner signer = keys.one(directory.root(), Role.FLEET);
        byte[] envelope = FleetSigner.sign(document.toJson(), List.of(signer)).encode();
        List<DesiredRow.Reference> references = references(targets, configuration);
        requireRoom(envelope, references);
        database.desired().put(addressee, version, envelope, references, now);
        return version;
    }

    /** Says everything again under the newest root: its keys may be others, and devices are to hear of it. */
    int renewAll(Instant now) {
        List<DesiredRow> all = database.desired().all();
        for (DesiredRow row : all) {
            FleetDocument before = document(row);
            put(row.addressee(), before.targets(), before.configuration(), before.rollout(), now);
        }
        return all.size();
    }

    private List<DesiredRow.Reference> references(List<FleetTarget> targets, Optional<ContentDigest> configuration) {
        List<DesiredRow.Reference> references = new ArrayList<>();
        List<RootRow> roots = database.roots().all().stream().filter(root -> root.version() > 1).toList();
        for (RootRow root : roots.subList(Math.max(0, roots.size() - MOST_ROOTS), roots.size())) {
            references.add(reference(Desired.Kind.ROOT, root.digest()));
        }
        for (FleetTarget target : targets) {
            database.releases().find(target.line(), target.counter())
                    .ifPresent(release -> references.add(reference(Desired.Kind.RELEASE, release.envelope())));
        }
        configuration.ifPresent(digest -> references.add(reference(Desired.Kind.CONFIGURATION, digest)));
        return references;
    }

    private DesiredRow.Reference reference(Desired.Kind kind, ContentDigest digest) {
        byte[] document = database.documents().find(digest)
                .orElseThrow(() -> new FleetException(FleetException.Reason.UNKNOWN,
                        "document is missing: kind=" + kind.word() + ", digest=" + digest.brief()));
        return new DesiredRow.Reference(kind.word(), digest, document.length);
    }

    private static void requireRoom(byte[] envelope, List<DesiredRow.Reference> references) {
        int bytes = wire(envelope, references).length;
        if (bytes > Desired.MAX_BYTES) {
            throw new FleetException(FleetException.Reason.INPUT, "word to an addressee is too long: bytes=" + bytes
                    + ", limit=" + Desired.MAX_BYTES);
        }
    }

    /** The form that is published, and carried on a stick. */
    static byte[] wire(DesiredRow row) {
        return wire(row.envelope(), row.documents());
    }

    private static byte[] wire(byte[] envelope, List<DesiredRow.Reference> references) {
        List<Desired.Reference> documents = new ArrayList<>();
        for (DesiredRow.Reference reference : references) {
            Desired.Kind kind = Desired.Kind.valueOf(reference.kind().toUpperCase(Locale.ROOT));
            documents.add(new Desired.Reference(kind, reference.digest(), (int) reference.bytes()));
        }
        return Desired.of(envelope, documents).encode();
    }

    static FleetDocument document(DesiredRow row) {
        return FleetDocument
                .of(SignedDocument.of(JsonReader.read(row.envelope(), SignedDocument.MAX_BYTES)).payload());
    }
}
