package dev.outpost.runtime.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * The file {@code lock} of the state directory: whoever holds it is the one process that writes there. It holds the
 * owner's process id for people; the lock itself ends with the process, however that ends.
 */
public final class StateLock implements AutoCloseable {
    private static final String FILE = "lock";

    private final FileChannel channel;

    private StateLock(FileChannel channel) {
        this.channel = channel;
    }

    /**
     * Takes the lock at once or not at all.
     *
     * @param directory the state directory, created with mode 0700 where missing
     */
    public static Optional<StateLock> take(Path directory) {
        try {
            createPrivately(directory);
            FileChannel channel = FileChannel.open(directory.resolve(FILE),
                    Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            if (locked(channel)) {
                byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
                channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
                return Optional.of(new StateLock(channel));
            }
            channel.close();
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process id that the lock's holder wrote; empty when nobody ever held it. */
    public static Optional<String> owner(Path directory) {
        try {
            String pid = Files.readString(directory.resolve(FILE), StandardCharsets.US_ASCII).strip();
            return Optional.of(pid).filter(text -> text.matches("\\d{1,19}"));
        } catch (IOException nobody) {
            return Optional.empty();
        }
    }

    /** Creates a directory that only its owner may look into. */
    public static void createPrivately(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory,
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            FileLock lock = channel.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException ownProcess) {
            return false;
        }
    }
}
