package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.manifest.DocumentType;
import dev.outpost.provisioning.manifest.FreshnessAnswer;
import dev.outpost.provisioning.verify.FreshnessReport;
import dev.outpost.provisioning.verify.SignedPayload;
import dev.outpost.provisioning.verify.Verifier;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import java.time.Duration;
import java.util.List;

/** What the fleet last said about what is newest. Any thread. */
final class Freshness {
    private final FleetConditions conditions;
    private volatile long since = System.nanoTime();
    private volatile boolean known;
    private volatile List<String> behind = List.of();

    Freshness(FleetConditions conditions) {
        this.conditions = conditions;
    }

    /** Verifies an answer, on the update's thread. The time it proves runs on from now. */
    FreshnessReport answered(Verifier verifier, byte[] document) {
        FreshnessReport report = verifier.freshness(document);
        conditions.provenTime(FreshnessAnswer.of(SignedPayload.unchecked(document, DocumentType.FRESHNESS)).issued());
        since = System.nanoTime();
        known = true;
        behind = report.behind();
        return report;
    }

    DeviceReport.Freshness report() {
        return new DeviceReport.Freshness(known, behind, Duration.ofNanos(System.nanoTime() - since).toMillis());
    }
}
