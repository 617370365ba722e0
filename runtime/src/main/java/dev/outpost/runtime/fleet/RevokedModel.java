package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.runtime.update.UpdateRoom;
import java.util.Optional;

/**
 * A model that is active although the trusted root revokes its release.
 *
 * @param line its line
 * @param counter its counter
 * @param fallback whether a model beside it is not revoked
 */
record RevokedModel(String line, long counter, boolean fallback) {

    /** The active model, if it is revoked; to be asked on the update's thread. */
    static Optional<RevokedModel> active(UpdateRoom room) {
        return room.pointer().current().flatMap(slot -> revoked(room, slot))
                .map(release -> new RevokedModel(release.line(), release.counter(),
                        room.pointer().lastGood().filter(slot -> revoked(room, slot).isEmpty()).isPresent()));
    }

    private static Optional<ModelOrigin.Fleet> revoked(UpdateRoom room, Slot slot) {
        return room.store().find(slot.digest()).filter(model -> model.origin() instanceof ModelOrigin.Fleet)
                .map(model -> (ModelOrigin.Fleet) model.origin())
                .filter(release -> room.trust().root().map(root -> revokes(root, release)).orElse(false));
    }

    private static boolean revokes(RootDocument root, ModelOrigin.Fleet release) {
        return root.revokes(release.line(), release.counter());
    }
}
