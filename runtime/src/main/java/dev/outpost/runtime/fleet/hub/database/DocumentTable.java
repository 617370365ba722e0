package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.Optional;

/** Documents and small files by the digest of their bytes: what devices ask for by digest. */
public final class DocumentTable {

    /** Most bytes of one document; larger files are the model store's. */
    public static final int MOST_BYTES = 16 << 20;

    private final Connections connections;

    DocumentTable(Connections connections) {
        this.connections = connections;
    }

    /** Keeps some bytes. */
    public ContentDigest put(byte[] content, Instant now) {
        if (content.length > MOST_BYTES) {
            throw new FleetDatabaseException("document is too large: expected <= " + MOST_BYTES + " bytes, found="
                    + content.length);
        }
        var digest = ContentDigest.of(content);
        connections.write(sql -> sql.update("""
                INSERT INTO documents (digest, content, created_ms) VALUES (?, ?, ?)
                ON CONFLICT (digest) DO NOTHING""", digest.hex(), content, now.toEpochMilli()));
        return digest;
    }

    public Optional<byte[]> find(ContentDigest digest) {
        return connections.read(sql -> sql.one(row -> row.getBytes(1),
                "SELECT content FROM documents WHERE digest = ?", digest.hex()));
    }
}
