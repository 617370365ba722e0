package dev.outpost.runtime.update;

import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.store.ContentDigest;

/** Makes a stored model the active one because an operator said so. */
@FunctionalInterface
interface Activation {

    /**
     * Activates a model, or changes nothing.
     *
     * @throws PreparationFailedException when it cannot be used here
     */
    void activate(ContentDigest digest) throws PreparationFailedException;
}
