package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.activate.ConfigurationShelf;
import dev.outpost.provisioning.activate.ConfigurationShelf.Configuration;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.verify.SignedPayload;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.provisioning.verify.VerifiedFleet;
import dev.outpost.provisioning.verify.Verifier;
import dev.outpost.runtime.fleet.wire.Desired;
import dev.outpost.runtime.fleet.wire.Desired.Kind;
import dev.outpost.runtime.fleet.wire.Desired.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * Turns a desired state into what the device works on: follows the roots, verifies the fleet document, puts the
 * configuration on the shelf and offers each release. Called on the update's thread, which owns the verifier.
 */
final class DesiredState {
    /** A device's own document goes before its groups', whatever their versions: they count apart. */
    private static final long OWN_RANK = 1L << 52;

    private final TrustState trust;
    private final Storage storage;
    private final DocumentFetch documents;
    private final BiConsumer<byte[], byte[]> offers;

    /** @param offers takes a fleet document and a release that it names */
    DesiredState(TrustState trust, Storage storage, DocumentFetch documents, BiConsumer<byte[], byte[]> offers) {
        this.trust = trust;
        this.storage = storage;
        this.documents = documents;
        this.offers = offers;
    }

    /**
     * What came of it.
     *
     * @param fleet the verified fleet document
     * @param offered releases that were offered
     * @param configuration whether a new configuration lies on the shelf
     */
    record Settled(VerifiedFleet fleet, int offered, boolean configuration) {}

    /**
     * @throws RefusedException when a document is refused; nothing behind it was used
     * @throws CarrierFailedException when a document cannot be fetched now
     */
    Settled settle(Verifier verifier, Desired desired) throws CarrierFailedException {
        followRoots(verifier, desired.documents(Kind.ROOT));
        byte[] document = desired.fleetDocument();
        VerifiedFleet fleet = verifier.fleet(document);
        boolean configured = configuration(verifier, fleet, desired);
        int offered = 0;
        for (byte[] release : releases(fleet, desired.documents(Kind.RELEASE))) {
            offers.accept(document, release);
            offered++;
        }
        return new Settled(fleet, offered, configured);
    }

    /** Roots are handed out with every message; those that were followed before are passed over. */
    private void followRoots(Verifier verifier, List<Reference> references) throws CarrierFailedException {
        for (int i = references.size() - 1, newest = i; i >= 0; i--) {
            // Ascending order: when the newest is not news, none is.
            long version = version(documents.fetch(references.get(i)));
            if (version > rootVersion() + 1 && i > 0) {
                continue;
            }
            for (int next = i; next <= newest; next++) {
                byte[] root = documents.fetch(references.get(next));
                if (version(root) > rootVersion()) {
                    verifier.followRoots(List.of(root));
                }
            }
            return;
        }
    }

    /** A document that names none takes back what an earlier one of its addressee set: an empty file sets nothing. */
    private boolean configuration(Verifier verifier, VerifiedFleet fleet, Desired desired)
            throws CarrierFailedException {
        Optional<ContentDigest> wanted = fleet.document().configuration();
        var shelf = new ConfigurationShelf(storage);
        Optional<Configuration> newest = shelf.kept().stream().findFirst();
        long rank = switch (fleet.document().addressee()) {
            case Addressee.Device own -> OWN_RANK;
            case Addressee.Group group -> 0;
        };
        long version = rank + fleet.document().version();
        byte[] content = new byte[0];
        if (wanted.isPresent()) {
            Optional<Reference> reference = desired.documents(Kind.CONFIGURATION).stream()
                    .filter(known -> wanted.get().equals(known.digest())).findFirst();
            if (reference.isEmpty()) {
                return false;
            }
            content = verifier.configuration(fleet, documents.fetch(reference.get()));
        }
        byte[] before = newest.map(Configuration::content).orElse(new byte[0]);
        boolean news = newest.map(known -> known.version() < version).orElse(true) && !Arrays.equals(before, content);
        if (news) {
            shelf.put(new Configuration(version, content));
        }
        return news;
    }

    /** The releases that the fleet document names, in its order; a reference to another is passed over. */
    private List<byte[]> releases(VerifiedFleet fleet, List<Reference> references) throws CarrierFailedException {
        List<byte[]> found = new ArrayList<>();
        List<byte[]> all = new ArrayList<>();
        for (Reference reference : references) {
            all.add(documents.fetch(reference));
        }
        for (FleetTarget target : fleet.document().targets()) {
            all.stream().filter(release -> names(release, target)).findFirst().ifPresent(found::add);
        }
        return found;
    }

    /** Unverified: says only which of the references is meant. */
    private static boolean names(byte[] document, FleetTarget target) {
        try {
            ReleaseManifest release = ReleaseManifest.of(SignedPayload.unchecked(document, DocumentType.RELEASE));
            return release.line().equals(target.line()) && release.counter() == target.counter();
        } catch (RefusedException unreadable) {
            return false;
        }
    }

    private long rootVersion() {
        return trust.root().map(RootDocument::version).orElse(0L);
    }

    private static long version(byte[] root) {
        return RootDocument.of(SignedPayload.unchecked(root, DocumentType.ROOT)).version();
    }

    /** The highest fleet document version verified, of the device's own documents, else of its groups'. */
    static long version(TrustState trust, AgentFacts facts) {
        long own = trust.fleetFloor(new Addressee.Device(facts.device()).key());
        return own > 0
                ? own
                : facts.groups().stream().mapToLong(group -> trust.fleetFloor(new Addressee.Group(group).key())).max()
                        .orElse(0);
    }
}
