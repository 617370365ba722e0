package dev.outpost.runtime.update;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.ModelPreparer;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.activate.Rollback;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.request.SelfTest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Loads models and moves requests from one to the next, within one memory budget. Owns every engine it is given or opens
 * and closes each once no request is left on it.
 *
 * <p>The methods of {@link ModelPreparer} are called by the update's thread; {@link #current} and {@link #loaded} by any.
 */
public final class ModelSwap implements ModelPreparer, AutoCloseable {
    private static final Logger LOG = System.getLogger(ModelSwap.class.getName());
    /** Of a deadline, what requests in flight may take when a model must leave for another to be loaded. */
    private static final int DRAIN_SHARE = 4;

    private final Serving serving;
    private final Function<ContentDigest, Path> blobs;
    private final SwapSettings settings;
    private final LeavingModels leaving;
    private volatile Optional<LoadedModel> current = Optional.empty();
    private volatile Optional<LoadedModel> candidate = Optional.empty();
    private long wishes;
    private boolean closed;

    /**
     * @param serving where requests go
     * @param blobs where a stored file lies
     */
    public ModelSwap(Serving serving, Function<ContentDigest, Path> blobs, SwapSettings settings) {
        this.serving = serving;
        this.blobs = blobs;
        this.settings = settings;
        this.leaving = new LeavingModels(serving);
    }

    /**
     * Puts the first model to work, which a start has loaded; takes the engine over.
     *
     * @throws EngineException when it does not answer; the engine is closed then
     */
    public synchronized void begin(LoadedModel model) throws InterruptedException {
        try {
            serving.serve(model);
        } catch (EngineException | InterruptedException e) {
            model.engine().close();
            throw e;
        }
        current = Optional.of(model);
    }

    /** The model that answers; empty while one is loading or when there is none. Any thread. */
    public Optional<LoadedModel> current() {
        return current;
    }

    /** A loaded model, be it the candidate or the one that serves. Any thread. */
    public Optional<LoadedModel> loaded(ContentDigest digest) {
        return Stream.of(candidate, current).flatMap(Optional::stream).filter(model -> model.is(digest)).findFirst();
    }

    @Override
    public Fit fit(ContentDigest digest, ReleaseManifest release) throws PreparationFailedException {
        return fit(blobs.apply(digest));
    }

    /** As {@link #fit(ContentDigest, ReleaseManifest)}, for any file. */
    Fit fit(Path file) throws PreparationFailedException {
        MemoryPlan alone = plan(file, settings.options());
        if (!alone.fits()) {
            return Fit.NEVER;
        }
        long taken = residentBytes();
        if (taken == 0) {
            return Fit.BESIDE;
        }
        long left = alone.budget() - taken;
        if (left <= 0) {
            return Fit.ALONE;
        }
        MemoryPlan beside = plan(file, settings.options().withMemoryBudgetBytes(left));
        // A model squeezed in beside the old one would stay squeezed when the old one is gone.
        boolean whole = beside.context() == alone.context() && beside.parallel() == alone.parallel();
        return beside.fits() && whole ? Fit.BESIDE : Fit.ALONE;
    }

    @Override
    public void load(ContentDigest digest) throws PreparationFailedException {
        wish();
        discard();
        LoadedModel model = open(blobs.apply(digest), Optional.of(digest));
        try {
            SelfTest.run(model.engine());
        } catch (EngineException e) {
            model.engine().close();
            throw new PreparationFailedException("loaded, but answers nothing: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            model.engine().close();
            throw interrupted(e);
        }
        candidate = Optional.of(model);
    }

    @Override
    public void unloadServing() throws PreparationFailedException {
        unload(settings.drainPatience());
    }

    @Override
    public void serve(ContentDigest digest, Duration deadline) throws PreparationFailedException {
        long end = System.nanoTime() + deadline.toNanos();
        Optional<SwapSettings.Preferred> preferred = settings.preferred()
                .filter(file -> file.insteadOf().equals(Optional.of(digest)))
                .filter(file -> candidate.filter(model -> model.is(digest)).isEmpty());
        if (preferred.isPresent()) {
            serve(preferred.get().file(), Optional.empty(), end);
        } else {
            serve(blobs.apply(digest), Optional.of(digest), end);
        }
    }

    @Override
    public void discard() {
        candidate.ifPresent(model -> model.engine().close());
        candidate = Optional.empty();
    }

    /**
     * Makes what serves agree with the pointer after an update that ended without a model to go back to: a failed model
     * leaves, an operator's file comes back.
     *
     * @param active what the pointer names and may be started
     */
    void settle(Optional<ContentDigest> active, Duration deadline) throws PreparationFailedException {
        if (active.isPresent()) {
            serve(active.get(), deadline);
        } else if (settings.preferred().isPresent()) {
            serve(settings.preferred().get().file(), Optional.empty(), System.nanoTime() + deadline.toNanos());
        } else if (current.flatMap(LoadedModel::digest).isPresent()) {
            unload(settings.drainPatience());
        }
    }

    /**
     * Makes an operator's choice active: loads it, beside the serving model where both fit, and switches. What serves now
     * comes back when that fails.
     *
     * @param pointer told once the model answers
     */
    void choose(ContentDigest digest, ActivePointer pointer) throws PreparationFailedException {
        if (current.filter(model -> model.is(digest)).isEmpty()) {
            Optional<LoadedModel> before = current;
            switch (fit(blobs.apply(digest))) {
                case NEVER -> throw new PreparationFailedException("it does not fit the memory budget", null);
                case BESIDE -> load(digest);
                case ALONE -> loadAlone(digest, before);
            }
        }
        pointer.choose(digest);
        serve(digest, Rollback.DEADLINE);
    }

    private void loadAlone(ContentDigest digest, Optional<LoadedModel> before) throws PreparationFailedException {
        unloadServing();
        try {
            load(digest);
        } catch (PreparationFailedException e) {
            if (before.isPresent()) {
                serve(before.get().file(), before.get().digest(), System.nanoTime() + Rollback.DEADLINE.toNanos());
            }
            throw e;
        }
    }

    /** Closes every engine; the listener is drained and closed before. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        discard();
        current.ifPresent(model -> model.engine().close());
        current = Optional.empty();
        leaving.close();
    }

    private void serve(Path file, Optional<ContentDigest> digest, long end) throws PreparationFailedException {
        if (current.filter(model -> model.file().equals(file)).isPresent()) {
            return;
        }
        Optional<LoadedModel> ready = candidate.filter(model -> model.file().equals(file))
                .or(() -> leaving.takeBack(file));
        if (ready.isPresent()) {
            change(ready.get());
            return;
        }
        if (fit(file) != Fit.BESIDE) {
            discard();
            unload(Duration.ofNanos(
                    Math.min(settings.drainPatience().toNanos(), (end - System.nanoTime()) / DRAIN_SHARE)));
        }
        change(openBefore(end, file, digest));
    }

    /** The switch: one write on the side of the requests, then the old model leaves when its last request has. */
    private synchronized void change(LoadedModel next) throws PreparationFailedException {
        Optional<LoadedModel> old = current;
        try {
            serving.serve(next);
        } catch (EngineException e) {
            if (candidate.filter(next::equals).isEmpty()) {
                next.engine().close();
            }
            throw new PreparationFailedException("does not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        current = Optional.of(next);
        candidate = candidate.filter(model -> !model.equals(next));
        old.ifPresent(leaving::add);
        LOG.log(Level.INFO, "model serves: {0}, before: {1}", next.shown(), old.map(LoadedModel::shown).orElse("none"));
    }

    private void unload(Duration patience) throws PreparationFailedException {
        wish();
        synchronized (this) {
            serving.suspend();
            current.ifPresent(leaving::add);
            current = Optional.empty();
        }
        try {
            leaving.awaitAll(patience);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    /** Loads on a thread of its own; a model that comes too late still serves when nothing else does. */
    private LoadedModel openBefore(long end, Path file, Optional<ContentDigest> digest)
            throws PreparationFailedException {
        long wished = wish();
        var task = new FutureTask<>(() -> open(file, digest));
        Thread.ofPlatform().name("model-load").daemon().start(task);
        try {
            return task.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof PreparationFailedException failed
                    ? failed
                    : new PreparationFailedException("does not load: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            Thread.ofPlatform().name("model-late").daemon().start(() -> adopt(task, wished));
            throw new PreparationFailedException("is not loaded in time", e);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private void adopt(FutureTask<LoadedModel> late, long wished) {
        try {
            LoadedModel model = late.get();
            synchronized (this) {
                if (closed || current.isPresent() || wished != wishes) {
                    model.engine().close();
                } else {
                    begin(model);
                    LOG.log(Level.WARNING, "model serves after its time was up: {0}", model.shown());
                }
            }
        } catch (ExecutionException | EngineException e) {
            LOG.log(Level.WARNING, "model was late and then failed: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private LoadedModel open(Path file, Optional<ContentDigest> digest) throws PreparationFailedException {
        try {
            MemoryPlan alone = Engine.plan(file, settings.options());
            long left = Math.max(1, alone.budget() - residentBytes());
            return new LoadedModel(file, digest,
                    Engine.open(file, settings.options().withMemoryBudgetBytes(left)));
        } catch (EngineException e) {
            throw new PreparationFailedException(e.getMessage(), e);
        }
    }

    private static MemoryPlan plan(Path file, EngineOptions options) throws PreparationFailedException {
        try {
            return Engine.plan(file, options);
        } catch (EngineException e) {
            throw new PreparationFailedException(e.getMessage(), e);
        }
    }

    private long residentBytes() {
        return Stream.of(current, candidate).flatMap(Optional::stream).mapToLong(LoadedModel::residentBytes).sum()
                + leaving.residentBytes();
    }

    /** A model that comes late is adopted only where nothing else was asked for since. */
    private synchronized long wish() {
        return ++wishes;
    }

    private static PreparationFailedException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new PreparationFailedException("interrupted", cause);
    }
}
