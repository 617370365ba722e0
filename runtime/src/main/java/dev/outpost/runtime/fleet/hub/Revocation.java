package dev.outpost.runtime.fleet.hub;

import dev.outpost.runtime.fleet.hub.database.DeviceRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Takes a device out of its fleet: no certificate of it counts any more, and none is issued. */
public final class Revocation {
    private final FleetDirectory directory;
    private final FleetDatabase database;

    public Revocation(FleetDirectory directory, FleetDatabase database) {
        this.directory = directory;
        this.database = database;
    }

    /**
     * Revokes a device; of one that is revoked already the list is written afresh.
     *
     * @return the revocation list, which the broker has to read again
     */
    public Path revoke(String device, Instant now) {
        DeviceRow known = database.devices().find(device).orElseThrow(
                () -> new FleetException(FleetException.Reason.UNKNOWN, "no such device: device=" + device));
        if (known.revoked().isEmpty()) {
            database.devices().revoke(device, now);
        }
        return writeList(now);
    }

    /** Writes the list afresh, of all revoked certificates that have not run out. */
    public Path writeList(Instant now) {
        List<CertificateAuthority.Revoked> revoked = database.certificates().revoked(now).stream()
                .map(gone -> new CertificateAuthority.Revoked(gone.serial(), gone.revoked().orElse(now))).toList();
        CertificateAuthority.open(directory).writeRevocations(revoked, now);
        return directory.path().resolve(CertificateAuthority.revocations());
    }
}
