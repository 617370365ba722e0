package dev.outpost.provisioning.json;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A small JSON object on disk, replaced whole: 8 hexadecimal digits of CRC32C over the rest, a line feed, the canonical
 * JSON. A damaged file is known as such; what to do then is the owner's decision.
 */
public final class StoredJson {
    private static final int HEAD = 9;

    private StoredJson() {}

    /** Replaces the file; durable when it returns. */
    public static void write(Storage storage, String name, JsonValue.JsonObject value) {
        byte[] body = JsonWriter.canonical(value);
        byte[] content = Arrays.copyOf(head(body), HEAD + body.length);
        System.arraycopy(body, 0, content, HEAD, body.length);
        AtomicFile.write(storage, name, content);
    }

    /** Reads the file; empty when it is absent or damaged. */
    public static Optional<JsonValue> read(Storage storage, String name, int limit) {
        try {
            Optional<byte[]> content = AtomicFile.read(storage, name, limit);
            if (content.isEmpty() || content.get().length < HEAD) {
                return Optional.empty();
            }
            byte[] body = Arrays.copyOfRange(content.get(), HEAD, content.get().length);
            return Arrays.equals(head(body), 0, HEAD, content.get(), 0, HEAD)
                    ? Optional.of(JsonReader.read(body, limit))
                    : Optional.empty();
        } catch (RefusedException damaged) {
            return Optional.empty();
        }
    }

    private static byte[] head(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return String.format("%08x\n", crc.getValue()).getBytes(StandardCharsets.US_ASCII);
    }
}
