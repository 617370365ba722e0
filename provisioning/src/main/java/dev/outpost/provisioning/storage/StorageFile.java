package dev.outpost.provisioning.storage;

import java.nio.ByteBuffer;

/** One open file; not safe for use by several threads. */
public interface StorageFile extends AutoCloseable {
    /** Length in bytes. */
    long size();

    /** Reads up to {@code target.remaining()} bytes at {@code position}; returns how many, or -1 at the end. */
    int read(long position, ByteBuffer target);

    /** Writes all remaining bytes of {@code source} at {@code position}; not durable before {@link #sync}. */
    void write(long position, ByteBuffer source);

    /** Cuts or extends the file to a length in bytes; new bytes are zero. */
    void resize(long bytes);

    /** Makes content and length durable. */
    void sync();

    @Override
    void close();

    /** Reads until {@code target} is full or the file ends; returns the bytes read. */
    default int readFully(long position, ByteBuffer target) {
        int total = 0;
        while (target.hasRemaining()) {
            int read = read(position + total, target);
            if (read < 0) {
                return total;
            }
            total += read;
        }
        return total;
    }
}
