package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.ReleaseManifest;

/** Whether documents are meant for this device and for each other. */
final class TargetMatch {
    private final Checks checks;
    private final DeviceFacts device;

    TargetMatch(Checks checks, DeviceFacts device) {
        this.checks = checks;
        this.device = device;
    }

    void addressed(String site, Addressee addressee) {
        if (!site.equals(device.site())) {
            refuse(Check.SITE, Refusal.WRONG_SITE, "document is for another site", device.site(), site);
        }
        boolean ours = switch (addressee) {
            case Addressee.Device(String id) -> id.equals(device.device());
            case Addressee.Group(String id) -> device.groups().contains(id);
        };
        if (!ours) {
            refuse(Check.DEVICE, Refusal.WRONG_DEVICE, "document is for another device", "device/" + device.device(),
                    addressee.key());
        }
    }

    void suits(ReleaseManifest release) {
        if (!release.profiles().isEmpty() && !release.profiles().contains(device.profile())) {
            refuse(Check.PROFILE, Refusal.WRONG_PROFILE, "release is for other profiles", device.profile(),
                    String.join(" ", release.profiles()));
        }
        if (device.runtime().compareTo(release.minimumRuntime()) < 0) {
            refuse(Check.RUNTIME_VERSION, Refusal.RUNTIME_TOO_OLD, "release needs a newer runtime",
                    release.minimumRuntime().toString(), device.runtime().toString());
        }
    }

    /** The fleet's target that this release is; refuses when the two differ in anything that names the file. */
    FleetTarget agreed(FleetDocument fleet, ReleaseManifest release) {
        FleetTarget target = fleet.target(release.line()).orElseThrow(() -> new RefusedException(Refusal.NOT_WANTED,
                "fleet does not name this line: line=" + release.line()));
        boolean same = target.counter() == release.counter() && target.sha256().equals(release.file().sha256())
                && target.bytes() == release.file().bytes();
        if (!same) {
            refuse(Check.TARGETS_AGREE, Refusal.TARGETS_DISAGREE, "release and fleet name different files",
                    target.counter() + " " + target.sha256().brief() + " " + target.bytes(),
                    release.counter() + " " + release.file().sha256().brief() + " " + release.file().bytes());
        }
        if (!target.profile().equals(FleetTarget.ANY_PROFILE) && !target.profile().equals(device.profile())) {
            refuse(Check.PROFILE, Refusal.WRONG_PROFILE, "target is for another profile", device.profile(),
                    target.profile());
        }
        return target;
    }

    private void refuse(Check check, Refusal code, String what, String expected, String found) {
        if (checks.on(check)) {
            throw new RefusedException(code, what + ": expected=" + expected + ", found=" + found);
        }
    }
}
