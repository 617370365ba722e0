package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import java.util.ArrayList;
import java.util.List;

/** Collects the attacks on signed documents; documents are signed once and reused. */
final class AttackBook {
    final TrustFixture fixture;
    final byte[] fleetOne;
    final byte[] releaseOne;
    private final List<Attack> all = new ArrayList<>();

    AttackBook(TrustFixture fixture) {
        this.fixture = fixture;
        this.fleetOne = fleet(TrustFixture.fleet(1, TrustFixture.release(1)));
        this.releaseOne = release(TrustFixture.release(1));
    }

    /** The whole book. */
    static List<Attack> write(TrustFixture fixture) {
        AttackBook book = new AttackBook(fixture);
        new DocumentAttacks(book).write();
        new RootAttacks(book).write();
        new VersionAttacks(book).write();
        new TargetAttacks(book).write();
        return List.copyOf(book.all);
    }

    void add(Attack attack) {
        all.add(attack);
    }

    void offersFleet(String name, Check check, Refusal code, byte[] document) {
        add(new Attack(name, check, code, device -> {
            device.verifier().fleet(document);
            return true;
        }));
    }

    void offersRelease(String name, Check check, Refusal code, byte[] document) {
        add(new Attack(name, check, code, device -> {
            device.verifier().update(device.verifier().fleet(fleetOne), document);
            return true;
        }));
    }

    void followsRoot(String name, Check check, Refusal code, byte[] document) {
        add(new Attack(name, check, code, device -> {
            device.verifier().followRoots(List.of(document));
            return true;
        }));
    }

    byte[] fleet(FleetDocument document) {
        return fixture.signed(document.toJson(), Role.FLEET);
    }

    byte[] release(ReleaseManifest document) {
        return fixture.signed(document.toJson(), Role.RELEASE);
    }
}
