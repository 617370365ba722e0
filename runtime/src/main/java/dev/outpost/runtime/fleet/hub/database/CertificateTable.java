package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The certificates issued. */
public final class CertificateTable {

    private final Connections connections;

    CertificateTable(Connections connections) {
        this.connections = connections;
    }

    /** Keeps a certificate before it is handed out. Where another hub answered the same request first, its answer stays. */
    public CertificateRow issue(CertificateRow issued) {
        return connections.write(sql -> {
            sql.update("""
                    INSERT INTO certificates (serial, device, fingerprint, request, chain, issued_ms, expires_ms,
                        revoked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT (device, request) DO NOTHING""",
                    issued.serial(), issued.device(), issued.fingerprint().hex(), issued.request().hex(),
                    issued.chain().getBytes(StandardCharsets.UTF_8), issued.issued().toEpochMilli(),
                    issued.expires().toEpochMilli());
            sql.update("UPDATE devices SET enrolled_ms = ? WHERE device = ?", issued.issued().toEpochMilli(),
                    issued.device());
            return sql.one(CertificateTable::row, "SELECT * FROM certificates WHERE device = ? AND request = ?",
                    issued.device(), issued.request().hex()).orElseThrow();
        });
    }

    /** What was answered to a request before. */
    public Optional<CertificateRow> answerTo(String device, ContentDigest request) {
        return connections.read(sql -> sql.one(CertificateTable::row,
                "SELECT * FROM certificates WHERE device = ? AND request = ?", device, request.hex()));
    }

    public Optional<CertificateRow> find(ContentDigest fingerprint) {
        return connections.read(sql -> sql.one(CertificateTable::row,
                "SELECT * FROM certificates WHERE fingerprint = ?", fingerprint.hex()));
    }

    /** All of a device, the newest first. */
    public List<CertificateRow> of(String device) {
        return connections.read(sql -> sql.all(CertificateTable::row,
                "SELECT * FROM certificates WHERE device = ? ORDER BY issued_ms DESC", device));
    }

    /** All that were revoked and have not expired yet: the contents of a revocation list. */
    public List<CertificateRow> revoked(Instant now) {
        return connections.read(sql -> sql.all(CertificateTable::row,
                "SELECT * FROM certificates WHERE revoked_ms > 0 AND expires_ms > ? ORDER BY serial",
                now.toEpochMilli()));
    }

    private static CertificateRow row(ResultSet row) throws SQLException {
        return new CertificateRow(row.getString("serial"), row.getString("device"),
                new ContentDigest(row.getString("fingerprint")), new ContentDigest(row.getString("request")),
                new String(row.getBytes("chain"), StandardCharsets.UTF_8), Times.of(row, "issued_ms"),
                Times.of(row, "expires_ms"), Times.optional(row, "revoked_ms"));
    }
}
