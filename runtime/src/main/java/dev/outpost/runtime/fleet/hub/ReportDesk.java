package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.FailureRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.fleet.wire.FailNotice;
import dev.outpost.runtime.fleet.wire.SignedReport;
import java.time.InstantSource;
import java.util.List;

/** Keeps what devices say under their own key. What does not verify is refused, whatever the broker let through. */
final class ReportDesk {

    private final String site;
    private final List<String> pins;
    private final FleetDatabase database;
    private final InstantSource clock;

    ReportDesk(String site, List<String> pins, FleetDatabase database, InstantSource clock) {
        this.site = site;
        this.pins = pins;
        this.database = database;
        this.clock = clock;
    }

    /** @throws RefusedException if the device whose topic it came on did not say it */
    void reported(String device, byte[] message) {
        JsonObject payload = verified(device, message);
        var report = DeviceReport.of(payload);
        requireOwn(device, report.site(), report.device());
        database.devices().reported(device, JsonWriter.canonical(payload), clock.instant());
    }

    /** @throws RefusedException if the device whose topic it came on did not say it */
    void failed(String device, byte[] message) {
        var notice = FailNotice.of(verified(device, message));
        requireOwn(device, notice.site(), notice.device());
        database.failures().add(new FailureRow(notice.release(), device, notice.profile(), notice.line(),
                notice.counter(), notice.outcome(), notice.detail(), clock.instant()));
    }

    private JsonObject verified(String device, byte[] message) {
        var report = SignedReport.of(message);
        var payload = report.verified(pins, site, device);
        var own = ContentDigest.of(CertificateAuthority.encoded(report.chain().getFirst()));
        if (database.certificates().find(own).flatMap(row -> row.revoked()).isPresent()) {
            throw new RefusedException(Refusal.CERTIFICATE_MISMATCH, "certificate was revoked: device=" + device);
        }
        return payload;
    }

    private void requireOwn(String device, String namedSite, String namedDevice) {
        if (!namedSite.equals(site) || !namedDevice.equals(device)) {
            throw new RefusedException(Refusal.WRONG_DEVICE, "report names another device: expected=" + device
                    + ", found=" + namedDevice);
        }
    }
}
