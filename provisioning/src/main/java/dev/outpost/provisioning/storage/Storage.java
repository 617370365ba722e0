package dev.outpost.provisioning.storage;

import java.util.List;

/**
 * Files below one directory. Names are relative, parts joined by {@code /}. Nothing is durable before its sync: a
 * file's content by {@link StorageFile#sync()}, its name by {@link #syncDirectory} of the directory that holds it. Every
 * method throws {@link dev.outpost.provisioning.failure.StorageFaultException} when the disk fails.
 */
public interface Storage {
    /** How a file is opened. */
    enum Access {
        /** An existing file, never changed through this handle. */
        READ,
        /** An existing file, or a new empty one. */
        WRITE
    }

    /** Whether a file or directory of this name exists; symbolic links do not count. */
    boolean exists(String name);

    /** Names (last part only) in a directory, sorted; empty when there is no such directory. */
    List<String> list(String directory);

    /** Creates a directory with its parents and makes it durable; does nothing when it is there. */
    void makeDirectory(String name);

    /** Opens a file; the caller closes it. Symbolic links are never followed. */
    StorageFile open(String name, Access access);

    /** Renames atomically, replacing the target; durable after a sync of the target's and the source's directory. */
    void rename(String from, String to);

    /** Deletes a file; durable after a sync of its directory. */
    void delete(String name);

    /** Marks a file read-only, as far as the file system can. */
    void seal(String name);

    /** Makes the names in a directory durable. */
    void syncDirectory(String name);

    /** Bytes that can still be written. */
    long freeBytes();

    /** The directory that holds {@code name}; the empty string is the top. */
    static String parent(String name) {
        int slash = name.lastIndexOf('/');
        return slash < 0 ? "" : name.substring(0, slash);
    }
}
