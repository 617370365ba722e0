package dev.outpost.runtime.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The file operations of one log directory, named by what they promise, so that a test can crash between any two.
 * All names are plain file names inside the directory.
 */
interface JournalFiles {

    List<String> names() throws IOException;

    long size(String name) throws IOException;

    /** Reads up to {@code target.remaining()} bytes at {@code offset}; stops early only at the end of the file. */
    void read(String name, long offset, ByteBuffer target) throws IOException;

    /** Creates the file empty; its name survives a power cut only after {@link #syncDirectory()}. */
    void create(String name) throws IOException;

    /** Appends all of {@code source}; it survives a power cut only after {@link #sync}. */
    void append(String name, ByteBuffer source) throws IOException;

    /** Overwrites a small file in place with one write at offset 0. */
    void write(String name, ByteBuffer source) throws IOException;

    void sync(String name) throws IOException;

    void syncDirectory() throws IOException;

    void truncate(String name, long size) throws IOException;

    void delete(String name) throws IOException;
}
