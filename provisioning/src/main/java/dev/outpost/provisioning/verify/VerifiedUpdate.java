package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.store.ContentDigest;

/** A release that release and fleet role want on this device; only {@link Verifier} makes one. */
public final class VerifiedUpdate {
    private final VerifiedFleet fleet;
    private final FleetTarget target;
    private final ReleaseManifest release;
    private final ContentDigest releaseDigest;

    VerifiedUpdate(VerifiedFleet fleet, FleetTarget target, ReleaseManifest release, ContentDigest releaseDigest) {
        this.fleet = fleet;
        this.target = target;
        this.release = release;
        this.releaseDigest = releaseDigest;
    }

    /** The fleet document. */
    public VerifiedFleet fleet() {
        return fleet;
    }

    /** Its entry for this release. */
    public FleetTarget target() {
        return target;
    }

    /** The release. */
    public ReleaseManifest release() {
        return release;
    }

    /** Digest of the release's payload: its identity in reports and waves. */
    public ContentDigest releaseDigest() {
        return releaseDigest;
    }
}
