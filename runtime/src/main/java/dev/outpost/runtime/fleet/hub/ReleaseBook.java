package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.hub.database.ReleaseRow;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds releases and what was signed about them. */
public final class ReleaseBook {
    private static final Pattern NAME = Pattern.compile("([a-z0-9-]{1,64})(?:@(\\d{1,15}))?");

    private final FleetDatabase database;

    public ReleaseBook(FleetDatabase database) {
        this.database = database;
    }

    /**
     * A release with its manifest.
     *
     * @param row its record
     * @param manifest what was signed
     * @param payload digest of that: its identity in reports and waves
     * @param envelope the signed bytes
     */
    public record Signed(ReleaseRow row, ReleaseManifest manifest, ContentDigest payload, byte[] envelope) {}

    /**
     * Finds a release.
     *
     * @param name {@code LINE} for the newest that is not revoked, or {@code LINE@COUNTER}
     */
    public Signed find(String name) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            throw new FleetException(FleetException.Reason.INPUT, "expected=LINE or LINE@COUNTER, found=" + name);
        }
        ReleaseRow row = (parts.group(2) == null
                ? database.releases().newest(parts.group(1))
                : database.releases().find(parts.group(1), Long.parseLong(parts.group(2))))
                .orElseThrow(
                        () -> new FleetException(FleetException.Reason.UNKNOWN, "no such release: release=" + name));
        return signed(row);
    }

    /** All releases, by line, the newest first. */
    public List<Signed> all() {
        return database.releases().all().stream().map(this::signed).toList();
    }

    Signed find(String line, long counter) {
        return find(line + "@" + counter);
    }

    private Signed signed(ReleaseRow row) {
        byte[] envelope = database.documents().find(row.envelope())
                .orElseThrow(() -> new FleetException(FleetException.Reason.UNKNOWN,
                        "release's document is missing: release=" + row.line() + "@" + row.counter()));
        SignedDocument document = SignedDocument.of(JsonReader.read(envelope, SignedDocument.MAX_BYTES));
        return new Signed(row, ReleaseManifest.of(document.payload()), document.digest(), envelope);
    }
}
