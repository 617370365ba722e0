package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.manifest.FileNeed;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.TinyGguf;
import dev.outpost.provisioning.verify.TrustFixture;
import java.util.Optional;

/** Two model files, the releases of the second, and everything signed. Signing is slow, so this is made once. */
final class TestFleet {
    static final TrustFixture TRUST = new TrustFixture();
    static final byte[] OLD = new TinyGguf("old template", 3, 2500).bytes();
    static final byte[] NEW = new TinyGguf("a new template", 3, 2500).withOtherTensor(1, 77).bytes();
    static final ContentDigest OLD_DIGEST = ContentDigest.of(OLD);
    static final ContentDigest NEW_DIGEST = ContentDigest.of(NEW);
    static final BlockList BLOCKS = BlockList.cut(TinyGguf.source(NEW), TestDevice.SETTINGS.blockSizes()).blocks();
    static final FileNeed FILE = new FileNeed(NEW_DIGEST, NEW.length, BLOCKS.digest(), BLOCKS.encode().length,
            NEW_DIGEST, 1000, NEW.length);
    static final ReleaseManifest RELEASE = TrustFixture.release(2, FILE);
    static final byte[] SIGNED_RELEASE = sign(RELEASE);
    static final byte[] SIGNED_FLEET = sign(TrustFixture.fleet(1, RELEASE));

    private TestFleet() {}

    static byte[] sign(ReleaseManifest release) {
        return TRUST.signed(release.toJson(), Role.RELEASE);
    }

    static byte[] sign(FleetDocument fleet) {
        return TRUST.signed(fleet.toJson(), Role.FLEET);
    }

    static ReleaseManifest ofKind(TargetKind kind) {
        return new ReleaseManifest(kind, RELEASE.line(), RELEASE.counter(), RELEASE.title(), FILE,
                RELEASE.quantisation(), RELEASE.minimumRuntime(), RELEASE.profiles(), RELEASE.licence(),
                RELEASE.golden(),
                RELEASE.gate(), RELEASE.quality(), RELEASE.issued(), RELEASE.expires());
    }

    static FleetDocument fleet(long version, ReleaseManifest release, RolloutRule rule) {
        FleetDocument base = TrustFixture.fleet(version, release);
        return new FleetDocument(base.site(), base.addressee(), version, base.targets(), Optional.empty(), rule,
                base.issued(), base.expires());
    }

    static TestCarrier carrier(String name) {
        return new TestCarrier(name).offers(NEW, BLOCKS);
    }

    /** A device that serves the old model. */
    static void settle(Storage disk) {
        ModelStore store = ModelStore.open(disk, TestDevice.SETTINGS);
        store.importFile(TinyGguf.source(OLD), new ModelOrigin.Operator("factory"), Optional.of("factory"), b -> {});
        ActivePointer.open(disk).choose(OLD_DIGEST);
        TRUST.install(disk);
    }
}
