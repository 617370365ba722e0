package dev.outpost.provisioning.storage;

import dev.outpost.provisioning.failure.StorageFaultException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * {@link Storage} over a directory of the file system. Directories are 0700, files 0600, sealed files 0400. A thread
 * that uses it must not be interrupted: an interrupt closes the channel it works on.
 */
public final class DirectoryStorage implements Storage {
    private static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> SEALED = PosixFilePermissions.fromString("r--------");

    private final Path root;

    /** @param root the state directory; created when absent */
    public DirectoryStorage(Path root) {
        this.root = root.toAbsolutePath().normalize();
        attempt("create directory", "", () -> {
            if (!Files.isDirectory(this.root)) {
                Files.createDirectories(this.root, PosixFilePermissions.asFileAttribute(DIRECTORY));
            }
            return null;
        });
    }

    /** Where a name lies in the file system. */
    public Path path(String name) {
        Path path = root.resolve(name).normalize();
        if (!path.startsWith(root) || name.startsWith("/") || name.contains("..")) {
            throw new StorageFaultException("name leaves the storage: name=" + name, null);
        }
        return path;
    }

    @Override
    public boolean exists(String name) {
        Path path = path(name);
        return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
                || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public List<String> list(String directory) {
        Path path = path(directory);
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        return attempt("list", directory, () -> {
            try (Stream<Path> entries = Files.list(path)) {
                return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
            }
        });
    }

    @Override
    public void makeDirectory(String name) {
        Path path = path(name);
        if (path.equals(root) || Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        makeDirectory(Storage.parent(name));
        attempt("create directory", name,
                () -> Files.createDirectory(path, PosixFilePermissions.asFileAttribute(DIRECTORY)));
        syncDirectory(Storage.parent(name));
    }

    @Override
    public StorageFile open(String name, Access access) {
        Path path = path(name);
        return attempt("open", name, () -> {
            if (access == Access.WRITE && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                Files.setPosixFilePermissions(path, FILE);
            }
            Set<? extends OpenOption> options = access == Access.READ
                    ? Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)
                    : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE,
                            LinkOption.NOFOLLOW_LINKS);
            return new ChannelFile(name,
                    FileChannel.open(path, options, PosixFilePermissions.asFileAttribute(FILE)));
        });
    }

    @Override
    public void rename(String from, String to) {
        attempt("rename", from, () -> Files.move(path(from), path(to), StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING));
    }

    @Override
    public void delete(String name) {
        attempt("delete", name, () -> Files.deleteIfExists(path(name)));
    }

    @Override
    public void seal(String name) {
        attempt("seal", name, () -> Files.setPosixFilePermissions(path(name), SEALED));
    }

    @Override
    public void syncDirectory(String name) {
        attempt("sync directory", name, () -> {
            try (FileChannel channel = FileChannel.open(path(name), StandardOpenOption.READ)) {
                channel.force(true);
            }
            return null;
        });
    }

    @Override
    public long freeBytes() {
        return attempt("read free space", "", () -> Files.getFileStore(root).getUsableSpace());
    }

    private interface Operation<T> {
        T run() throws IOException;
    }

    private static <T> T attempt(String what, String name, Operation<T> operation) {
        try {
            return operation.run();
        } catch (FileSystemException e) {
            throw new StorageFaultException(what + " failed: name=" + name + ", reason=" + e.getReason() + ", kind="
                    + e.getClass().getSimpleName(), e);
        } catch (IOException e) {
            throw new StorageFaultException(what + " failed: name=" + name + ", reason=" + e.getMessage(), e);
        }
    }

    private record ChannelFile(String name, FileChannel channel) implements StorageFile {
        @Override
        public long size() {
            return attempt("read size", name, channel::size);
        }

        @Override
        public int read(long position, ByteBuffer target) {
            return attempt("read", name, () -> channel.read(target, position));
        }

        @Override
        public void write(long position, ByteBuffer source) {
            attempt("write", name, () -> {
                long at = position;
                while (source.hasRemaining()) {
                    at += channel.write(source, at);
                }
                return null;
            });
        }

        @Override
        public void resize(long bytes) {
            attempt("resize", name, () -> {
                long size = channel.size();
                if (bytes < size) {
                    channel.truncate(bytes);
                } else if (bytes > size) {
                    channel.write(ByteBuffer.allocate(1), bytes - 1);
                }
                return null;
            });
        }

        @Override
        public void sync() {
            attempt("sync", name, () -> {
                channel.force(true);
                return null;
            });
        }

        @Override
        public void close() {
            attempt("close", name, () -> {
                channel.close();
                return null;
            });
        }
    }
}
