package dev.outpost.provisioning.activate;

import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Duration;

/**
 * Port: loads models and switches requests between them. Implemented in {@code runtime}; called by the update's thread,
 * which it may block. Files are opened by digest in the store, never by another name.
 */
public interface ModelPreparer {
    /** Parses and plans the file without loading it, and says how it fits beside what serves now. */
    Fit fit(ContentDigest digest, ReleaseManifest release) throws PreparationFailedException;

    /** Loads a model as the candidate; it answers the health probe and nobody else. An earlier candidate is dropped. */
    void load(ContentDigest digest) throws PreparationFailedException;

    /** Lets requests in flight finish, then unloads the serving model; new requests are told that a model is loading. */
    void unloadServing() throws PreparationFailedException;

    /**
     * Puts a model to work: the candidate at once, any other after loading it (unloading first what does not fit beside
     * it). Requests in flight finish on the model they began on. Does nothing when it serves already.
     *
     * @param deadline give up after this; what cannot be reached in time is a failure
     */
    void serve(ContentDigest digest, Duration deadline) throws PreparationFailedException;

    /** Drops the candidate, if any. */
    void discard();
}
