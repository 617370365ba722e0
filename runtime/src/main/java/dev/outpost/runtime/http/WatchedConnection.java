package dev.outpost.runtime.http;

import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.spi.ServerConnection;
import java.time.Duration;

/** A connection that says when it ends. */
final class WatchedConnection implements ServerConnection, InterruptableTask<Void> {

    private final ServerConnection connection;
    private final Runnable ended;

    WatchedConnection(ServerConnection connection, Runnable ended) {
        this.connection = connection;
        this.ended = ended;
    }

    @Override
    public void handle(Limit limit) throws InterruptedException {
        try {
            connection.handle(limit);
        } finally {
            ended.run();
        }
    }

    @Override
    public Duration idleTime() {
        return connection.idleTime();
    }

    @Override
    public void close(boolean interrupt) {
        connection.close(interrupt);
    }

    @Override
    public boolean canInterrupt() {
        return connection instanceof InterruptableTask<?> task && task.canInterrupt();
    }

    @Override
    public Void call() {
        throw new UnsupportedOperationException("run by its listener alone");
    }
}
