package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** On whom and what documents are meant for. */
final class TargetAttacks {
    private final AttackBook book;

    TargetAttacks(AttackBook book) {
        this.book = book;
    }

    void write() {
        onTargets();
        onCommands();
    }

    private void onCommands() {
        orders("command of another site", Check.SITE, Refusal.WRONG_SITE, command("plant-2", "box-7", 0));
        orders("command for another device", Check.DEVICE, Refusal.WRONG_DEVICE, command("plant-1", "box-8", 0));
        orders("command that came too late", Check.EXPIRY, Refusal.EXPIRED, command("plant-1", "box-7", -1));
    }

    private void orders(String name, Check check, Refusal code, byte[] document) {
        book.add(new Attack(name, check, code, device -> {
            device.verifier().command(document);
            return true;
        }));
    }

    private byte[] command(String site, String device, int seconds) {
        return book.fixture.signed(new Command(site, device, "order-1", Command.Operation.REPORT,
                JsonObject.of(Map.of()), 1, Optional.of(TrustFixture.BUILD.plusSeconds(seconds))).toJson(), Role.FLEET);
    }

    private void onTargets() {
        FleetDocument good = TrustFixture.fleet(1, TrustFixture.release(1));
        book.offersFleet("wrong site", Check.SITE, Refusal.WRONG_SITE,
                book.fleet(new FleetDocument("plant-2", good.addressee(), 1,
                        good.targets(), Optional.empty(), good.rollout(), good.issued(), good.expires())));
        book.offersFleet("wrong device", Check.DEVICE, Refusal.WRONG_DEVICE,
                book.fleet(addressed(good, new Addressee.Device("box-8"))));
        book.offersFleet("wrong group", Check.DEVICE, Refusal.WRONG_DEVICE,
                book.fleet(addressed(good, new Addressee.Group("ovens"))));
        mixAndMatch();
        ReleaseManifest release = TrustFixture.release(1);
        book.offersRelease("wrong profile", Check.PROFILE, Refusal.WRONG_PROFILE,
                book.release(copy(release, release.minimumRuntime(), List.of("jetson-orin-nano"))));
        book.offersRelease("made for a newer runtime", Check.RUNTIME_VERSION, Refusal.RUNTIME_TOO_OLD,
                book.release(copy(release, new Version(9, 0, 0), release.profiles())));
        byte[] withConfiguration = book.fleet(new FleetDocument(good.site(), good.addressee(), 1, good.targets(),
                Optional.of(ContentDigest.of(new byte[]{1})), good.rollout(), good.issued(), good.expires()));
        book.add(new Attack("unsigned configuration", Check.CONFIGURATION_DIGEST, Refusal.FILE_MISMATCH, device -> {
            device.verifier().configuration(device.verifier().fleet(withConfiguration), new byte[]{2});
            return true;
        }));
    }

    private void mixAndMatch() {
        ReleaseManifest one = TrustFixture.release(1);
        FleetTarget target = TrustFixture.fleet(1, one).targets().getFirst();
        ContentDigest otherFile = ContentDigest.of(new byte[]{99});
        mixed("another counter", new FleetTarget(target.line(), 2, target.sha256(), target.bytes(), target.profile(),
                List.of()));
        mixed("another file",
                new FleetTarget(target.line(), 1, otherFile, target.bytes(), target.profile(), List.of()));
        mixed("another length", new FleetTarget(target.line(), 1, target.sha256(), target.bytes() + 1, target.profile(),
                List.of()));
    }

    private void mixed(String what, FleetTarget target) {
        FleetDocument good = TrustFixture.fleet(1, TrustFixture.release(1));
        byte[] document = book
                .fleet(new FleetDocument(good.site(), good.addressee(), 1, List.of(target), Optional.empty(),
                        good.rollout(), good.issued(), good.expires()));
        book.add(new Attack("mix and match: the fleet names " + what, Check.TARGETS_AGREE, Refusal.TARGETS_DISAGREE,
                device -> {
                    device.verifier().update(device.verifier().fleet(document), book.releaseOne);
                    return true;
                }));
    }

    private static FleetDocument addressed(FleetDocument good, Addressee addressee) {
        return new FleetDocument(good.site(), addressee, 1, good.targets(), Optional.empty(), good.rollout(),
                good.issued(), good.expires());
    }

    private static ReleaseManifest copy(ReleaseManifest good, Version runtime, List<String> profiles) {
        return new ReleaseManifest(good.kind(), good.line(), good.counter(), good.title(), good.file(),
                good.quantisation(), runtime, profiles, good.licence(), good.golden(), good.gate(), good.quality(),
                good.issued(), good.expires());
    }
}
