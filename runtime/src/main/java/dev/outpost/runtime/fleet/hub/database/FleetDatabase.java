package dev.outpost.runtime.fleet.hub.database;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * The fleet's memory: devices, claims, certificates, releases, what is desired, what was reported. SQLite in the fleet's
 * directory by default, PostgreSQL where several hubs share it.
 */
public final class FleetDatabase implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(FleetDatabase.class.getName());
    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Connections connections;

    private FleetDatabase(Connections connections) {
        this.connections = connections;
    }

    /**
     * Opens the database, bringing its schema up to date first.
     *
     * @param url {@code jdbc:sqlite:FILE} or {@code jdbc:postgresql://HOST/NAME?user=…}
     * @throws FleetDatabaseException if it cannot be opened, or is of a newer version than this program
     */
    public static FleetDatabase open(String url) {
        var connections = Connections.to(url);
        try {
            Schema.bringUpToDate(connections);
            return new FleetDatabase(connections);
        } catch (RuntimeException e) {
            connections.close();
            throw e;
        }
    }

    /**
     * As {@link #open}, but waits for a server that is away or still starting.
     *
     * @param patience how long; whoever is interrupted meanwhile gives up at once
     */
    public static FleetDatabase await(String url, Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            try {
                return open(url);
            } catch (FleetDatabaseException e) {
                if (!e.away() || System.nanoTime() >= deadline) {
                    throw e;
                }
                LOG.log(System.Logger.Level.WARNING, "waiting for the fleet database: {0}", e.getMessage());
                Thread.sleep(RETRY);
            }
        }
    }

    /** The URL of an SQLite file. */
    public static String sqlite(Path file) {
        return "jdbc:sqlite:" + file.toAbsolutePath();
    }

    public DeviceTable devices() {
        return new DeviceTable(connections);
    }

    public ClaimTable claims() {
        return new ClaimTable(connections);
    }

    public CertificateTable certificates() {
        return new CertificateTable(connections);
    }

    public DocumentTable documents() {
        return new DocumentTable(connections);
    }

    public RootTable roots() {
        return new RootTable(connections);
    }

    public ReleaseTable releases() {
        return new ReleaseTable(connections);
    }

    public DesiredTable desired() {
        return new DesiredTable(connections);
    }

    public RolloutTable rollouts() {
        return new RolloutTable(connections);
    }

    public CommandTable commands() {
        return new CommandTable(connections);
    }

    public FailureTable failures() {
        return new FailureTable(connections);
    }

    public TelemetryTable telemetry() {
        return new TelemetryTable(connections);
    }

    /**
     * Takes or keeps a right that one hub has at a time.
     *
     * @param name of the right, such as {@code rollout}
     * @param holder names the hub's run
     * @param lifetime after which another may take it
     */
    public boolean lease(String name, String holder, Instant now, Duration lifetime) {
        return connections.write(sql -> sql.update("""
                INSERT INTO leases (name, holder, until_ms) VALUES (?, ?, ?)
                ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until_ms = excluded.until_ms
                WHERE leases.holder = excluded.holder OR leases.until_ms < ?""", name, holder,
                now.plus(lifetime).toEpochMilli(), now.toEpochMilli())) == 1;
    }

    @Override
    public void close() {
        connections.close();
    }
}
