package dev.outpost.runtime.update;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.provisioning.UpdateMachine;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.control.ControlHandler;
import java.util.Map;

/** A state directory that no process serves from: the caller holds its lock. One thread. */
public final class StateDesk implements ControlHandler {
    private final UpdateGround ground;
    private final ModelDesk models;
    private final EngineOptions options;

    /**
     * @param ground opened by the caller
     * @param options how the model would be loaded
     */
    public StateDesk(UpdateGround ground, EngineOptions options) {
        this.ground = ground;
        this.options = options;
        this.models = new ModelDesk(ground, this::activate);
    }

    @Override
    public JsonObject answer(JsonObject request, Progress progress) {
        if (request.members().equals(JsonObject.of(Map.of()).with("op", "status").members())) {
            try (UpdateJournal journal = UpdateJournal.open(ground.storage())) {
                return JsonObject.of(Map.of("models", models.models(), "update",
                        ReportJson.of(UpdateMachine.lastReport(journal))));
            }
        }
        return models.answer(request, progress);
    }

    /** Planned but not loaded: the next start does that. */
    private void activate(ContentDigest digest) throws PreparationFailedException {
        try {
            MemoryPlan plan = Engine.plan(ground.blob(digest), options);
            if (!plan.fits()) {
                throw new PreparationFailedException("it does not fit the memory budget: neededBytes=" + plan.total()
                        + ", budgetBytes=" + plan.budget(), null);
            }
        } catch (EngineException e) {
            throw new PreparationFailedException(e.getMessage(), e);
        }
        ground.pointer().choose(digest);
    }
}
