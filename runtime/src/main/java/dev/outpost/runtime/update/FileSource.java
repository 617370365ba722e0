package dev.outpost.runtime.update;

import dev.outpost.provisioning.store.BlockSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file that an operator brings, whole. One thread. */
final class FileSource implements BlockSource, AutoCloseable {
    private final FileChannel channel;
    private final long bytes;

    FileSource(Path file) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.READ);
        this.bytes = channel.size();
    }

    @Override
    public long bytes() {
        return bytes;
    }

    @Override
    public int read(long position, ByteBuffer target) {
        try {
            int total = 0;
            while (target.hasRemaining()) {
                int read = channel.read(target, position + total);
                if (read < 0) {
                    break;
                }
                total += read;
            }
            return total;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
