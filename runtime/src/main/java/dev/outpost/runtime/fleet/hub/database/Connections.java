package dev.outpost.runtime.fleet.hub.database;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A few connections, kept open. One that failed is closed, so a database that went away and came back is simply used
 * again. SQLite has one writer: the threads of this process queue for it here instead of polling its lock.
 */
final class Connections implements AutoCloseable {

    private static final int MOST = 4;
    private static final int BUSY_MILLIS = 30_000;
    private static final String SQLITE = "jdbc:sqlite:";
    private static final String POSTGRESQL = "jdbc:postgresql:";

    private final String url;
    private final boolean sqlite;
    private final Semaphore permits = new Semaphore(MOST, true);
    private final ReentrantLock writer = new ReentrantLock(true);
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    private Connections(String url, boolean sqlite) {
        this.url = url;
        this.sqlite = sqlite;
    }

    static Connections to(String url) {
        if (!url.startsWith(SQLITE) && !url.startsWith(POSTGRESQL)) {
            throw new FleetDatabaseException("database is of an unknown kind: expected=" + SQLITE + "FILE or "
                    + POSTGRESQL + "//HOST/NAME");
        }
        return new Connections(url, url.startsWith(SQLITE));
    }

    /** Work inside a transaction; what it throws undoes it. */
    interface Work<T> {
        T run(Statements sql) throws SQLException;
    }

    boolean sqlite() {
        return sqlite;
    }

    /** Reading is harmless, so a connection that turns out to be dead costs nothing but a second one. */
    <T> T read(Work<T> work) {
        try {
            return transact(work, false);
        } catch (FleetDatabaseException e) {
            if (e.away()) {
                return transact(work, false);
            }
            throw e;
        }
    }

    <T> T write(Work<T> work) {
        if (!sqlite) {
            return transact(work, true);
        }
        writer.lock();
        try {
            return transact(work, true);
        } finally {
            writer.unlock();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        forget();
    }

    /** What one connection ran into, the others would too. */
    private synchronized void forget() {
        idle.forEach(Connections::discard);
        idle.clear();
    }

    private <T> T transact(Work<T> work, boolean writes) {
        permits.acquireUninterruptibly();
        Optional<Connection> used = Optional.empty();
        try {
            used = Optional.of(take());
            T result = transact(used.get(), work, writes);
            give(used.get());
            return result;
        } catch (SQLException e) {
            used.ifPresent(Connections::discard);
            var failure = new FleetDatabaseException("fleet database failed: " + e.getMessage(), e);
            if (failure.away()) {
                forget();
            }
            throw failure;
        } catch (RuntimeException e) {
            used.ifPresent(Connections::discard);
            throw e;
        } finally {
            permits.release();
        }
    }

    private <T> T transact(Connection connection, Work<T> work, boolean writes) throws SQLException {
        if (!writes) {
            return work.run(new Statements(connection));
        }
        connection.setAutoCommit(false);
        T result = work.run(new Statements(connection));
        connection.commit();
        connection.setAutoCommit(true);
        return result;
    }

    private Connection take() throws SQLException {
        synchronized (this) {
            if (closed) {
                throw new FleetDatabaseException("fleet database is closed");
            }
            var kept = idle.pollFirst();
            if (kept != null) {
                return kept;
            }
        }
        return DriverManager.getConnection(url, sqlite ? sqliteProperties() : postgresqlProperties());
    }

    private synchronized void give(Connection connection) {
        if (closed) {
            discard(connection);
        } else {
            idle.addFirst(connection);
        }
    }

    /** A transaction takes the write lock at its start: taking it in the middle could not be waited for. */
    private static Properties sqliteProperties() {
        var properties = new Properties();
        properties.setProperty("journal_mode", "WAL");
        properties.setProperty("synchronous", "FULL");
        properties.setProperty("foreign_keys", "true");
        properties.setProperty("transaction_mode", "IMMEDIATE");
        properties.setProperty("busy_timeout", Integer.toString(BUSY_MILLIS));
        return properties;
    }

    /** A server that vanished is noticed by the driver itself; a batch of inserts travels as few statements. */
    private static Properties postgresqlProperties() {
        var properties = new Properties();
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("socketTimeout", "60");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        properties.setProperty("ApplicationName", "outpost-fleet");
        return properties;
    }

    private static void discard(Connection connection) {
        try {
            connection.close();
        } catch (SQLException ignored) {
            // it is not used again
        }
    }
}
