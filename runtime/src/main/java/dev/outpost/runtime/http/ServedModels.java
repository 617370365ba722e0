package dev.outpost.runtime.http;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineStatus;
import dev.outpost.engine.RequestClass;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The model that answers, and those that requests in flight have not left yet. The change from one to the next is one
 * write: a request is answered by the one it found, wholly. Any thread.
 */
final class ServedModels {

    private static final EngineStatus NOTHING = new EngineStatus(0, 0, 0, 0, 0, 0, 0);

    private volatile Optional<ServedModel> current = Optional.empty();
    private final List<ServedModel> leaving = new ArrayList<>();
    private EngineStatus gone = NOTHING;
    private boolean draining;

    Optional<ServedModel> current() {
        return current;
    }

    /**
     * The model for one request; the caller leaves it at its end.
     *
     * @throws ApiException 503 {@code model_loading} while there is none
     */
    Lease lease() {
        while (true) {
            ServedModel model = required();
            if (model.enter()) {
                return new Lease(model);
            }
        }
    }

    ServedModel required() {
        return current
                .orElseThrow(() -> new ApiException(ApiError.unavailable("model_loading", "model is being loaded")));
    }

    /** Requests from now on are answered by this model. */
    synchronized void serve(ServedModel next) {
        if (draining) {
            next.admission().drain();
        }
        replace(Optional.of(next));
    }

    /** Requests from now on are told that a model is loading. */
    synchronized void suspend() {
        replace(Optional.empty());
    }

    /** @return true once no request is in flight on the engine */
    boolean awaitIdle(Engine engine, Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (ServedModel model : all()) {
            if (model.engine() == engine
                    && !model.awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                return false;
            }
        }
        forgetIdle();
        return true;
    }

    /** Refuses new requests with 503 {@code draining}. */
    synchronized void drain() {
        draining = true;
        all().forEach(model -> model.admission().drain());
    }

    /** @return true once nothing is in flight anywhere */
    boolean awaitIdle(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        for (ServedModel model : all()) {
            if (!model.admission().awaitIdle(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                return false;
            }
        }
        return true;
    }

    int inFlight(RequestClass requestClass) {
        return all().stream().mapToInt(model -> model.admission().inFlight(requestClass)).sum();
    }

    /** Of all engines together since the start, so that counters never fall when the model changes. */
    synchronized Optional<EngineStatus> status() {
        EngineStatus sum = gone;
        var engines = new ArrayList<Engine>();
        for (ServedModel model : all()) {
            if (!engines.contains(model.engine())) {
                engines.add(model.engine());
                sum = sum(sum, model.engine().status());
            }
        }
        return engines.isEmpty() && gone == NOTHING ? Optional.empty() : Optional.of(sum);
    }

    private void replace(Optional<ServedModel> next) {
        Optional<ServedModel> before = current;
        current = next;
        before.ifPresent(model -> {
            leaving.add(model);
            model.retire();
        });
    }

    private synchronized List<ServedModel> all() {
        var all = new ArrayList<>(leaving);
        current.ifPresent(all::add);
        return all;
    }

    private synchronized void forgetIdle() {
        for (ServedModel model : List.copyOf(leaving)) {
            if (model.idle()) {
                leaving.remove(model);
                if (all().stream().noneMatch(other -> other.engine() == model.engine())) {
                    gone = sum(gone, model.engine().status());
                }
            }
        }
    }

    private static EngineStatus sum(EngineStatus a, EngineStatus b) {
        return new EngineStatus(a.steps() + b.steps(), a.running() + b.running(), a.queued() + b.queued(),
                a.promptTokens() + b.promptTokens(), a.cachedTokens() + b.cachedTokens(),
                a.generatedTokens() + b.generatedTokens(), Math.max(a.lastStepNanos(), b.lastStepNanos()));
    }

    /** A model held by one request. */
    record Lease(ServedModel model) implements AutoCloseable {
        @Override
        public void close() {
            model.leave();
        }
    }
}
