package dev.outpost.engine.gguf;

import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.ModelRejectedException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An open, checked GGUF model file. Owns one file descriptor and one read-only mapping of the header; a refused file
 * leaves neither. Reading is free for any thread; the second {@code close} does nothing.
 */
public final class GgufFile implements AutoCloseable {

    private final Path path;
    private final FileChannel channel;
    private final Arena headerArena;
    private final long fileBytes;
    private final FileTime modified;
    private final GgufReader.Description description;
    private final Map<String, TensorEntry> byName;

    private GgufFile(Path path, FileChannel channel, Arena headerArena, GgufLimits limits) throws IOException {
        this.path = path;
        this.channel = channel;
        this.headerArena = headerArena;
        this.fileBytes = channel.size();
        this.modified = Files.getLastModifiedTime(path);
        long mapped = Math.min(fileBytes, limits.headerBytes());
        MemorySegment bytes = channel.map(MapMode.READ_ONLY, 0, mapped, headerArena);
        this.description = MappedRead.guard("header",
                () -> new GgufReader(bytes, limits, fileBytes).read());
        this.byName = LinkedHashMap.newLinkedHashMap(description.tensors().size());
        description.tensors().forEach(tensor -> byName.put(tensor.name(), tensor));
    }

    /**
     * Opens and checks a file. Takes time linear in its header and at most 32 MiB of heap, whatever it claims.
     *
     * @throws ModelRejectedException when it is no model file that this engine reads; nothing stays open
     */
    public static GgufFile open(Path path) {
        return open(path, GgufLimits.DEFAULT);
    }

    static GgufFile open(Path path, GgufLimits limits) {
        if (!Files.isRegularFile(path)) {
            // Also keeps a named pipe from blocking the open.
            throw RejectCode.UNREADABLE.at(-1, "file", "model is no regular file: path=" + Printable.of(path.toString())
                    + ", expected=a file, found=" + (Files.exists(path) ? "something else" : "nothing"));
        }
        FileChannel channel = null;
        Arena arena = Arena.ofShared();
        boolean open = false;
        try {
            channel = FileChannel.open(path, StandardOpenOption.READ);
            var file = new GgufFile(path, channel, arena, limits);
            open = true;
            return file;
        } catch (IOException e) {
            throw RejectCode.UNREADABLE.at(-1, "file", "model file cannot be read: path="
                    + Printable.of(path.toString()) + ", expected=readable, found=" + e, e);
        } finally {
            if (!open) {
                arena.close();
                closeQuietly(channel);
            }
        }
    }

    private static void closeQuietly(FileChannel channel) {
        if (channel != null) {
            try {
                channel.close();
            } catch (IOException ignored) {
                // The refusal on its way says more than a descriptor that was open for reading only.
            }
        }
    }

    public Path path() {
        return path;
    }

    public long fileBytes() {
        return fileBytes;
    }

    /** GGUF version, 2 or 3. */
    public int version() {
        return description.version();
    }

    /** Borrowed until {@link #close()}. */
    public GgufMetadata metadata() {
        return description.metadata();
    }

    /** In the order of the file's table. */
    public List<TensorEntry> tensors() {
        return description.tensors();
    }

    public Optional<TensorEntry> tensor(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * Maps a tensor's bytes alone, read-only. Reads of the mapping belong under {@link MappedRead#guard}, and no native
     * code may see it.
     *
     * @param arena owns the mapping: closing it drops the pages
     * @throws ModelRejectedException code {@code file_changed} when the file is no longer the one that was checked
     */
    public MemorySegment map(TensorEntry tensor, Arena arena) {
        verifyUnchanged();
        try {
            return channel.map(MapMode.READ_ONLY, tensor.offset(), tensor.bytes(), arena);
        } catch (IOException e) {
            throw new EngineFaultException("map_failed", "tensor cannot be mapped: name=" + Printable.of(tensor.name())
                    + ", bytes=" + tensor.bytes(), e);
        }
    }

    /**
     * Holds size and modification time against those at opening. A loader asks once more when it has read everything.
     *
     * @throws ModelRejectedException code {@code file_changed}
     */
    public void verifyUnchanged() {
        try {
            long size = channel.size();
            if (size != fileBytes || !Files.getLastModifiedTime(path).equals(modified)) {
                throw RejectCode.FILE_CHANGED.at(-1, "file", "file changed while it was open: expected=" + fileBytes
                        + " bytes of " + modified + ", found=" + size + " bytes of " + Files.getLastModifiedTime(path));
            }
        } catch (IOException e) {
            throw RejectCode.FILE_CHANGED.at(-1, "file", "file vanished while it was open: path="
                    + Printable.of(path.toString()) + ", expected=unchanged, found=" + e, e);
        }
    }

    /** Ends the metadata's mapping and the descriptor; mappings of tensors live on with their arenas. */
    @Override
    public void close() {
        if (headerArena.scope().isAlive()) {
            headerArena.close();
        }
        closeQuietly(channel);
    }
}
