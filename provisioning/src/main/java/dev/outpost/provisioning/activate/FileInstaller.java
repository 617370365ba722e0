package dev.outpost.provisioning.activate;

import dev.outpost.provisioning.store.ContentDigest;

/** Port: takes over signed files that are opaque here, such as question sets. Implemented in {@code runtime}. */
public interface FileInstaller {
    /**
     * Puts a version of a file to use, wholly or not at all.
     *
     * @param line the file's line
     * @param counter its version
     * @param digest where it lies in the store
     */
    void install(String line, long counter, ContentDigest digest) throws PreparationFailedException;
}
