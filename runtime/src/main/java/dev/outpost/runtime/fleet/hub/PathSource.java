package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.store.BlockSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** A file that a manager names, read anywhere; says how far the furthest read has come. Single thread. */
final class PathSource implements BlockSource, AutoCloseable {
    private final FileChannel file;
    private final long bytes;
    private final LongConsumer progress;
    private long furthest;

    PathSource(Path path, LongConsumer progress) {
        try {
            this.file = FileChannel.open(path, StandardOpenOption.READ);
            this.bytes = file.size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.progress = progress;
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public int read(long position, ByteBuffer target) {
        int total = 0;
        try {
            while (target.hasRemaining()) {
                int read = file.read(target, position + total);
                if (read < 0) {
                    break;
                }
                total += read;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (position + total > furthest) {
            furthest = position + total;
            progress.accept(furthest);
        }
        return total;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
