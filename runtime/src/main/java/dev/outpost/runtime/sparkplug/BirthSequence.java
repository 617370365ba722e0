package dev.outpost.runtime.sparkplug;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * bdSeq: the number that joins a birth to its death. 0 at first, then one more with every CONNECT that was written,
 * 255 is followed by 0. Kept in a small file, synced, so that it goes on after a restart. Any thread.
 */
final class BirthSequence {

    private static final System.Logger LOG = System.getLogger(BirthSequence.class.getName());
    private static final int NUMBERS = 256;

    private final Path file;
    private int next;

    /** @param directory made where missing */
    BirthSequence(Path directory) {
        this.file = directory.resolve("bdseq");
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory,
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            this.next = read();
        } catch (IOException e) {
            throw new SparkplugException("bdSeq cannot be kept: directory=" + directory.getFileName(), e);
        }
    }

    /** The number of the next CONNECT. */
    synchronized int next() {
        return next;
    }

    /** A CONNECT with {@code number} was written. */
    synchronized void used(int number) {
        next = (number + 1) % NUMBERS;
        try {
            write();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "bdSeq was not kept, a restart may use one twice", e);
        }
    }

    /** A file that is not whole counts as none: the number starts at 0, as on a new device. */
    private int read() throws IOException {
        try {
            String text = Files.readString(file).strip();
            return text.matches("\\d{1,3}") ? Integer.parseInt(text) % NUMBERS : 0;
        } catch (NoSuchFileException e) {
            return 0;
        }
    }

    private void write() throws IOException {
        var fresh = file.resolveSibling("bdseq.new");
        try (var channel = FileChannel.open(fresh, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            channel.write(ByteBuffer.wrap((next + "\n").getBytes(StandardCharsets.US_ASCII)));
            channel.force(true);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        try (var directory = FileChannel.open(file.getParent(), StandardOpenOption.READ)) {
            directory.force(true);
        }
    }
}
