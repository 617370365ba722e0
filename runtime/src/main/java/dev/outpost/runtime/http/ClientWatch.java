package dev.outpost.runtime.http;

import io.helidon.common.socket.HelidonSocket;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ServerConnectionException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Knows whether the client of one connection is still there, and how long the connection may stay as it is.
 *
 * <p>A plain handler learns nothing of a client that leaves: nobody reads the socket while an answer is made. So a
 * virtual thread reads ahead for that time. A reset ends the read at once. An end of stream is ambiguous: most clients
 * have closed, a few only will not send more; the answer's writer then flushes blanks, and a closed peer answers the
 * first with a reset. Bytes read ahead belong to the next request and are handed out by {@link #next}.
 *
 * <p>{@link #next} is called by the connection's thread alone, the rest by any thread.
 */
final class ClientWatch {

    /** What is known of the client. */
    enum Presence {
        /** Connected, as far as one can know. */
        HERE,
        /** Sends nothing more; may still read. */
        SILENT,
        /** Gone: nothing can reach it. */
        GONE
    }

    /** What the connection waits for. */
    private enum Phase {
        IDLE, HEADERS, BODY, ANSWER
    }

    private final HelidonSocket socket;
    private final ApiSettings settings;
    private CompletableFuture<byte[]> ahead;
    private Runnable onGone = () -> {};
    private volatile Presence presence = Presence.HERE;
    private Phase phase = Phase.IDLE;
    private long phaseEnd;

    ClientWatch(HelidonSocket socket, ApiSettings settings) {
        this.socket = socket;
        this.settings = settings;
        enter(Phase.IDLE, settings.idleTimeout());
    }

    Presence presence() {
        return presence;
    }

    /** The connection's next bytes, or null at its end. Blocks; the supplier of the connection's reader. */
    byte[] next() {
        CompletableFuture<byte[]> pending;
        synchronized (this) {
            pending = ahead;
            ahead = null;
        }
        byte[] bytes = pending == null ? read() : join(pending);
        synchronized (this) {
            if (phase == Phase.IDLE && bytes != null) {
                enter(Phase.HEADERS, settings.headerTimeout());
            }
        }
        return bytes;
    }

    /** The headers are there: the body's time begins. */
    synchronized void bodyBegins() {
        enter(Phase.BODY, settings.bodyTimeout());
    }

    /**
     * The request is read: watches for its client's leaving until the connection's next read.
     *
     * @param leaving called at most once, on another thread, when the client is surely gone
     */
    synchronized void answerBegins(Runnable leaving) {
        // The answer has its own time limit; what is added is a reader that does not read.
        enter(Phase.ANSWER, settings.requestTimeout().plusSeconds(60));
        onGone = leaving;
        if (presence == Presence.GONE) {
            leaving.run();
        } else if (ahead == null && presence == Presence.HERE) {
            var future = new CompletableFuture<byte[]>();
            ahead = future;
            Thread.ofVirtual().name("client-watch").start(() -> readAhead(future));
        }
    }

    synchronized void answerEnds() {
        onGone = () -> {};
        enter(Phase.IDLE, settings.idleTimeout());
    }

    /** A write failed. */
    void gone() {
        Runnable leaving;
        synchronized (this) {
            presence = Presence.GONE;
            leaving = onGone;
            onGone = () -> {};
        }
        leaving.run();
    }

    /**
     * Reads and drops what the client still sends after an answer that closes the connection: closing with unread
     * bytes would reset it, and the client might never read the answer. At most two seconds and 16 MiB.
     */
    void linger() {
        synchronized (this) {
            enter(Phase.BODY, Duration.ofSeconds(2));
        }
        try {
            byte[] bytes = next();
            for (long left = 16L << 20; bytes != null && left > 0; bytes = next()) {
                left -= bytes.length;
            }
        } catch (CloseConnectionException ignored) {
            // The client has closed: what was wanted.
        }
    }

    /** Closes the socket if the connection has stayed in its phase for too long. */
    void closeIfOverdue(long now) {
        boolean overdue;
        synchronized (this) {
            overdue = now - phaseEnd > 0;
        }
        if (overdue) {
            close();
        }
    }

    void close() {
        try {
            socket.close();
        } catch (UncheckedIOException ignored) {
            // It is gone either way.
        }
    }

    private void enter(Phase next, Duration limit) {
        phase = next;
        phaseEnd = System.nanoTime() + limit.toNanos();
    }

    private void readAhead(CompletableFuture<byte[]> future) {
        try {
            byte[] bytes = socket.get();
            if (bytes == null) {
                presence = Presence.SILENT;
            }
            future.complete(bytes);
        } catch (UncheckedIOException e) {
            future.completeExceptionally(e);
            gone();
        }
    }

    private byte[] read() {
        try {
            return socket.get();
        } catch (UncheckedIOException e) {
            throw new ServerConnectionException("connection is broken", e);
        }
    }

    private static byte[] join(CompletableFuture<byte[]> pending) {
        try {
            return pending.get();
        } catch (ExecutionException e) {
            throw new ServerConnectionException("connection is broken", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CloseConnectionException("listener is closing", e);
        }
    }
}
