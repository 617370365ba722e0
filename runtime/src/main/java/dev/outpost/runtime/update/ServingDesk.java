package dev.outpost.runtime.update;

import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.StoredModel;
import dev.outpost.runtime.control.ControlException;
import dev.outpost.runtime.control.ControlException.Reason;
import dev.outpost.runtime.control.ControlHandler;
import dev.outpost.runtime.control.StatusSection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** Answers for a process that serves: what touches the store waits for its turn on the update's thread. Any thread. */
public final class ServingDesk implements ControlHandler {
    private static final Duration PATIENCE = Duration.ofSeconds(1);

    private final UpdateRoom room;
    private final ModelSwap swap;
    private final ModelDesk models;
    private volatile JsonArray known = new JsonArray(List.of());
    private final List<StatusSection> sections = new CopyOnWriteArrayList<>();

    public ServingDesk(UpdateRoom room, UpdateGround ground, ModelSwap swap) {
        this.room = room;
        this.swap = swap;
        this.models = new ModelDesk(ground, this::activate);
        add(new StatusSection("models", this::stored));
        add(new StatusSection("update", this::update));
        add(new StatusSection("serving", this::serving));
    }

    /** Adds a part of the status. */
    public void add(StatusSection section) {
        sections.add(section);
    }

    @Override
    public JsonObject answer(JsonObject request, Progress progress) {
        if (request.equals(JsonObject.of(Map.of()).with("op", "status"))) {
            SortedMap<String, JsonValue> status = new TreeMap<>();
            sections.forEach(section -> status.put(section.name(), section.value().get()));
            return new JsonObject(status);
        }
        return onRoom(() -> models.answer(request, progress));
    }

    /**
     * Makes a stored model the active one, at its turn on the update's thread.
     *
     * @return its digest; failed with {@link ControlException} where there is no such model or it cannot be used
     */
    public CompletableFuture<ContentDigest> choose(String name) {
        return room.call(_ -> {
            ContentDigest digest = room.store().named(name).map(StoredModel::digest)
                    .orElseThrow(() -> new ControlException(Reason.UNKNOWN, "no such model: name=" + name, ""));
            try {
                activate(digest);
                return digest;
            } catch (PreparationFailedException e) {
                throw new ControlException(Reason.REFUSED, "model cannot be used here: " + e.getMessage(), "");
            }
        });
    }

    /** A step of an update may take a minute: what was stored before it is told then. */
    private JsonValue stored() {
        try {
            known = room.call(_ -> models.models()).get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException busy) {
            return known;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return known;
    }

    private JsonObject update() {
        JsonObject json = ReportJson.of(room.report());
        return room.fault().map(why -> json.with("fault", why)).orElse(json);
    }

    private JsonObject serving() {
        Optional<LoadedModel> now = swap.current();
        JsonObject json = JsonObject.of(Map.of()).with("model",
                now.map(model -> model.engine().card().name()).orElse("none"));
        return now.flatMap(LoadedModel::digest).map(digest -> json.with("digest", digest.hex()))
                .or(() -> now.map(model -> json.with("file", model.file().toString()))).orElse(json);
    }

    private void activate(ContentDigest digest) throws PreparationFailedException {
        UpdateState state = room.report().state();
        boolean midway = switch (state) {
            case PLANNING, LOADING_BESIDE, DRAINING, LOADING_ALONE, GATING, SWITCHING, COMMITTING, ROLLING_BACK -> true;
            case IDLE, VERIFYING, DEFERRED, STAGING, TRIAL, INSTALLING, ACTIVATED, REFUSED, ROLLED_BACK, NEEDS_HANDS ->
                false;
        };
        if (midway) {
            throw new PreparationFailedException("an update is being activated, try again soon: state=" + state, null);
        }
        swap.choose(digest, room.pointer());
    }

    private <T> T onRoom(Supplier<T> work) {
        try {
            return room.call(_ -> work.get()).get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException failure
                    ? failure
                    : new IllegalStateException("a call threw an error", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ControlException(Reason.FAILED, "interrupted: the process stops", "");
        }
    }
}
