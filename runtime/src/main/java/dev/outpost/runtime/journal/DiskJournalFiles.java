package dev.outpost.runtime.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** {@link JournalFiles} over a real directory. Keeps the file that is being appended to open. */
final class DiskJournalFiles implements JournalFiles, AutoCloseable {

    private final Path directory;
    private String openName = "";
    private FileChannel open;

    DiskJournalFiles(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
    }

    @Override
    public List<String> names() throws IOException {
        try (var files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Override
    public long size(String name) throws IOException {
        return Files.size(directory.resolve(name));
    }

    @Override
    public void read(String name, long offset, ByteBuffer target) throws IOException {
        try (var channel = FileChannel.open(directory.resolve(name), StandardOpenOption.READ)) {
            long at = offset;
            while (target.hasRemaining()) {
                int count = channel.read(target, at);
                if (count < 0) {
                    return;
                }
                at += count;
            }
        }
    }

    @Override
    public void create(String name) throws IOException {
        Files.createFile(directory.resolve(name));
    }

    @Override
    public void append(String name, ByteBuffer source) throws IOException {
        var channel = channel(name);
        long at = channel.size();
        while (source.hasRemaining()) {
            at += channel.write(source, at);
        }
    }

    @Override
    public void write(String name, ByteBuffer source) throws IOException {
        try (var channel = FileChannel.open(directory.resolve(name), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE)) {
            long at = 0;
            while (source.hasRemaining()) {
                at += channel.write(source, at);
            }
            channel.force(false);
        }
    }

    @Override
    public void sync(String name) throws IOException {
        channel(name).force(false);
    }

    @Override
    public void syncDirectory() throws IOException {
        try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void truncate(String name, long size) throws IOException {
        channel(name).truncate(size);
    }

    @Override
    public void delete(String name) throws IOException {
        if (name.equals(openName)) {
            close();
        }
        Files.deleteIfExists(directory.resolve(name));
    }

    @Override
    public void close() throws IOException {
        if (open != null) {
            open.close();
            open = null;
            openName = "";
        }
    }

    private FileChannel channel(String name) throws IOException {
        if (!name.equals(openName)) {
            close();
            open = FileChannel.open(directory.resolve(name), StandardOpenOption.WRITE);
            openName = name;
        }
        return open;
    }
}
