package dev.outpost.provisioning;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Lines of a word and a value, each written whole before the call returns: a killed process has noted what it did. */
final class KillNotes implements AutoCloseable {

    private final FileChannel file;

    private KillNotes(FileChannel file) {
        this.file = file;
    }

    static KillNotes append(Path path) throws IOException {
        return new KillNotes(FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    void note(String word, Object value) {
        try {
            file.write(ByteBuffer.wrap((word + " " + value + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
