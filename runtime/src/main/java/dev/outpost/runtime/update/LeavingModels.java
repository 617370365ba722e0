package dev.outpost.runtime.update;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Models that take no new requests and are closed when their last one has ended. Any thread. */
final class LeavingModels implements AutoCloseable {
    private static final Logger LOG = System.getLogger(LeavingModels.class.getName());
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Serving serving;
    private final List<LoadedModel> models = new ArrayList<>();

    LeavingModels(Serving serving) {
        this.serving = serving;
    }

    /** Takes a model over and closes it in its time. */
    synchronized void add(LoadedModel model) {
        models.add(model);
        Thread.ofVirtual().name("model-leaves").start(() -> closeWhenIdle(model));
    }

    /** A model that is still in memory, to serve again. */
    synchronized Optional<LoadedModel> takeBack(Path file) {
        Optional<LoadedModel> found = models.stream().filter(model -> model.file().equals(file)).findFirst();
        found.ifPresent(models::remove);
        return found;
    }

    synchronized long residentBytes() {
        return models.stream().mapToLong(LoadedModel::residentBytes).sum();
    }

    /** Waits until all have left and been closed; what is in flight after {@code patience} is cut. */
    void awaitAll(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (LoadedModel model : all()) {
            if (!serving.awaitIdle(model, Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                LOG.log(Level.WARNING, "requests were cut: their model must leave, model={0}, after={1} s",
                        model.shown(), patience.toSeconds());
            }
            close(model);
        }
    }

    /** Closes all at once. */
    @Override
    public void close() {
        all().forEach(this::close);
    }

    private void closeWhenIdle(LoadedModel model) {
        try {
            while (holds(model)) {
                if (serving.awaitIdle(model, LOOK)) {
                    close(model);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Under the lock, so that a model taken back is never closed and none is counted free before it is. */
    private synchronized void close(LoadedModel model) {
        if (holds(model)) {
            model.engine().close();
            models.remove(model);
        }
    }

    private synchronized boolean holds(LoadedModel model) {
        return models.stream().anyMatch(other -> other == model);
    }

    private synchronized List<LoadedModel> all() {
        return List.copyOf(models);
    }
}
