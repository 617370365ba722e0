package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.runtime.update.LoadedModel;
import dev.outpost.runtime.update.ModelSwap;
import dev.outpost.runtime.update.SwapSettings.Preferred;
import dev.outpost.runtime.update.UpdateGround;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Which model a start serves: the operator's file, unless a fleet has put a model of its own to work; without a file the
 * active model of the store. A model that fails to load counts as a failed start and makes room for the last good one.
 */
final class FirstModel {

    private static final Logger LOG = System.getLogger(FirstModel.class.getName());

    private final Optional<UpdateGround> ground;
    private final Function<Path, Engine> open;
    private final Optional<Preferred> preferred;
    private Optional<ContentDigest> stored = Optional.empty();
    private Optional<OpeningEngine> opening = Optional.empty();

    private FirstModel(Optional<UpdateGround> ground, Optional<Preferred> preferred, Function<Path, Engine> open) {
        this.ground = ground;
        this.preferred = preferred;
        this.open = open;
    }

    /**
     * Chooses and begins to load.
     *
     * @param ground the state directory; empty where another process owns it
     * @param file the operator's
     * @param fleet whether a fleet may put models to work here
     */
    static FirstModel choose(Optional<UpdateGround> ground, Optional<Path> file, boolean fleet,
            Function<Path, Engine> open) {
        Optional<ContentDigest> instead = ground.flatMap(FirstModel::operatorsChoice);
        var first = new FirstModel(ground, file.map(path -> new Preferred(path, instead)), open);
        boolean fleetsOwn = fleet && ground.flatMap(at -> at.pointer().current()).map(Slot::digest)
                .filter(digest -> isFleets(ground.get(), digest)).isPresent();
        if (file.isEmpty() || fleetsOwn) {
            first.stored = ground.flatMap(UpdateGround::start);
        }
        first.opening = first.file().map(path -> OpeningEngine.start(() -> open.apply(path)));
        return first;
    }

    /** The operator's file, and the stored model that it stands in for. */
    Optional<Preferred> preferred() {
        return preferred;
    }

    /** The file that is being loaded. */
    Optional<Path> file() {
        return stored.map(digest -> ground.orElseThrow().blob(digest)).or(() -> preferred.map(Preferred::file));
    }

    /**
     * Waits for it and puts it to work; where that fails, whatever else may serve.
     *
     * @return false when there was nothing to load
     * @throws EngineException of the last model tried, when none serves
     */
    boolean begin(ModelSwap swap) throws InterruptedException {
        if (opening.isEmpty()) {
            return false;
        }
        Optional<EngineException> failure = attempt(swap, opening.get());
        for (int tries = 0; stored.isPresent() && failure.isPresent() && tries < ActivePointer.MAX_TRIES; tries++) {
            LOG.log(Level.ERROR, "model does not start: digest={0}, {1}", stored.get().brief(),
                    failure.get().getMessage());
            another();
            Optional<Path> next = file();
            if (next.isEmpty()) {
                break;
            }
            failure = attempt(swap, OpeningEngine.start(() -> open.apply(next.get())));
        }
        if (failure.isPresent()) {
            throw failure.get();
        }
        return true;
    }

    private Optional<EngineException> attempt(ModelSwap swap, OpeningEngine engine) throws InterruptedException {
        try {
            swap.begin(new LoadedModel(file().orElseThrow(), stored, engine.engine()));
            stored.ifPresent(_ -> ground.orElseThrow().pointer().startedWell());
            return Optional.empty();
        } catch (EngineException e) {
            return Optional.of(e);
        }
    }

    /** A file that has rotted leaves the store, so that the pointer goes to the last good one without more tries. */
    private void another() {
        UpdateGround at = ground.orElseThrow();
        stored.filter(digest -> at.store().find(digest).isPresent()).ifPresent(at.store()::stillSound);
        stored = at.start();
    }

    /** What an operator has made active, now or before the fleet's model: the file is served instead of it. */
    private static Optional<ContentDigest> operatorsChoice(UpdateGround ground) {
        return Stream.of(ground.pointer().current(), ground.pointer().lastGood()).flatMap(Optional::stream)
                .map(Slot::digest).filter(digest -> !isFleets(ground, digest)).findFirst();
    }

    private static boolean isFleets(UpdateGround ground, ContentDigest digest) {
        return ground.store().find(digest).map(model -> switch (model.origin()) {
            case ModelOrigin.Fleet _ -> true;
            case ModelOrigin.Operator _,ModelOrigin.CatalogueEntry _ -> false;
        }).orElse(false);
    }
}
