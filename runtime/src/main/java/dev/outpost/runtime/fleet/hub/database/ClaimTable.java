package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.store.ContentDigest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** One-time tokens, by digest: the database cannot give one away. */
public final class ClaimTable {

    private final Connections connections;

    ClaimTable(Connections connections) {
        this.connections = connections;
    }

    /** The counter the next claim of a device carries; 1 for the first. */
    public long nextCounter(String device) {
        return connections.read(sql -> sql.number("SELECT MAX(counter) FROM claims WHERE device = ?", device)) + 1;
    }

    /**
     * Makes a token valid.
     *
     * @throws FleetDatabaseException if that device has a claim with that counter
     */
    public void add(String device, long counter, String token, Instant now) {
        connections.write(sql -> sql.update("""
                INSERT INTO claims (token, device, counter, created_ms, used_ms, request)
                VALUES (?, ?, ?, ?, 0, '')""", digest(token), device, counter, now.toEpochMilli()));
    }

    /**
     * Uses a token up, for one certificate request; the same request may ask again, because answers get lost. A newer
     * claim of the device makes the older ones void.
     *
     * @param request digest of the certificate request
     * @return false when there is no such token for that device, it is void, or another request used it
     */
    public boolean redeem(String device, String token, ContentDigest request, Instant now) {
        return connections.write(sql -> sql.update("""
                UPDATE claims SET used_ms = ?, request = ? WHERE token = ? AND device = ?
                AND (used_ms = 0 OR request = ?)
                AND counter = (SELECT MAX(counter) FROM claims AS newest WHERE newest.device = claims.device)""",
                now.toEpochMilli(), request.hex(), digest(token), device, request.hex())) == 1;
    }

    private static String digest(String token) {
        return ContentDigest.of(token.getBytes(StandardCharsets.UTF_8)).hex();
    }
}
