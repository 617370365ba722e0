package dev.outpost.provisioning.journal;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.storage.StorageFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * An append-only file of entries {@code length u32 | CRC32C u32 | canonical JSON}, little-endian. A torn tail is cut when
 * it is opened; a file that has grown is replaced by its last entry. An entry is durable when {@link #append} returns.
 */
public final class UpdateJournal implements AutoCloseable {
    private static final String FILE = "update/journal";
    private static final int HEAD = 8;
    private static final int MAX_ENTRY = 32 << 10;
    private static final long MAX_BYTES = 64 << 10;

    private final Storage storage;
    private StorageFile file;
    private long end;
    private Optional<JsonObject> last = Optional.empty();

    private UpdateJournal(Storage storage) {
        this.storage = storage;
        storage.makeDirectory(Storage.parent(FILE));
        this.file = storage.open(FILE, Storage.Access.WRITE);
        // An entry that a killed process wrote but did not sync must be durable before anything is built on it.
        file.sync();
        storage.syncDirectory(Storage.parent(FILE));
        replay();
    }

    /** Opens the journal and finds the last whole entry. */
    public static UpdateJournal open(Storage storage) {
        return new UpdateJournal(storage);
    }

    /** The last entry. */
    public Optional<JsonObject> last() {
        return last;
    }

    /** Adds an entry; durable when it returns. */
    public void append(JsonObject entry) {
        byte[] frame = frame(entry);
        if (end + frame.length > MAX_BYTES) {
            file.close();
            AtomicFile.write(storage, FILE, frame);
            file = storage.open(FILE, Storage.Access.WRITE);
            end = frame.length;
        } else {
            file.write(end, ByteBuffer.wrap(frame));
            file.sync();
            end += frame.length;
        }
        last = Optional.of(entry);
    }

    @Override
    public void close() {
        file.close();
    }

    private void replay() {
        ByteBuffer content = ByteBuffer.allocate((int) Math.min(file.size(), 2 * MAX_BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        file.readFully(0, content);
        content.flip();
        while (content.remaining() >= HEAD) {
            int length = content.getInt(content.position());
            if (length < 2 || length > MAX_ENTRY || length > content.remaining() - HEAD) {
                break;
            }
            byte[] body = new byte[length];
            content.get(content.position() + HEAD, body);
            Optional<JsonObject> entry = content.getInt(content.position() + 4) == crc(body)
                    ? parse(body)
                    : Optional.empty();
            if (entry.isEmpty()) {
                break;
            }
            last = entry;
            content.position(content.position() + HEAD + length);
        }
        end = content.position();
        if (end < file.size()) {
            file.resize(end);
            file.sync();
        }
    }

    private static Optional<JsonObject> parse(byte[] body) {
        try {
            JsonValue value = JsonReader.read(body, MAX_ENTRY);
            return value instanceof JsonObject object ? Optional.of(object) : Optional.empty();
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }

    private static byte[] frame(JsonObject entry) {
        byte[] body = JsonWriter.canonical(entry);
        return ByteBuffer.allocate(HEAD + body.length).order(ByteOrder.LITTLE_ENDIAN).putInt(body.length)
                .putInt(crc(body)).put(body).array();
    }

    private static int crc(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return (int) crc.getValue();
    }
}
