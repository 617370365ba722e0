package dev.outpost.provisioning.store;

import java.util.SortedSet;
import java.util.Collections;
import java.util.TreeSet;

/**
 * A whole, verified file of the store.
 *
 * @param digest SHA-256 of the file
 * @param bytes its length
 * @param blockList digest of its block list
 * @param names names that keep it from being collected; {@code [a-z0-9._-]{1,96}}
 * @param origin how it came to be trusted
 */
public record StoredModel(ContentDigest digest, long bytes, ContentDigest blockList, SortedSet<String> names,
        ModelOrigin origin) {
    /** Copies the names. */
    public StoredModel {
        names = Collections.unmodifiableSortedSet(new TreeSet<>(names));
    }

    StoredModel named(String name) {
        SortedSet<String> more = new TreeSet<>(names);
        more.add(name);
        return new StoredModel(digest, bytes, blockList, more, origin);
    }

    StoredModel unnamed(String name) {
        SortedSet<String> fewer = new TreeSet<>(names);
        fewer.remove(name);
        return new StoredModel(digest, bytes, blockList, fewer, origin);
    }
}
