package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a device asks for on {@code …/xfer/{digest12}/req}:
 * {@code {"xfer":u16,"epoch":u32,"kind":"blocks"|"document","digest":hex,"chunkBytes":N,"ranges":[[block,offset,length],…]}}.
 * A range is a place in the file, {@code offset} bytes into {@code block}, and may run on into later blocks; for a document
 * the block is 0.
 *
 * @param transfer the asker's number, repeated in each chunk
 * @param epoch the asker's session, repeated in each chunk; a newer one voids what was asked in older ones
 * @param chunkBytes most bytes of one chunk, 1 KiB to 128 KiB
 */
public record ChunkRequest(int transfer, long epoch, Kind kind, ContentDigest digest, int chunkBytes,
        List<Range> ranges) {
    /** Longest encoded request, bytes. */
    static final int MOST_BYTES = 32 << 10;
    /** Most ranges of one request. */
    static final int MOST_RANGES = 512;
    static final int LEAST_CHUNK = 1 << 10;
    private static final long MOST_EPOCH = 0xFFFF_FFFFL;
    /** Longest range, bytes. */
    static final int MOST_LENGTH = 1 << 20;

    /** What the digest names. */
    public enum Kind {
        BLOCKS("blocks"), DOCUMENT("document");

        private final String word;

        Kind(String word) {
            this.word = word;
        }
    }

    /**
     * Bytes of a file.
     *
     * @param length 1 byte to 1 MiB
     */
    public record Range(int block, int offset, int length) {
        /** Refuses what no request says. */
        public Range {
            if (block < 0 || offset < 0 || length < 1 || length > MOST_LENGTH) {
                throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "range is out of range: block=" + block
                        + ", offset=" + offset + ", length=" + length);
            }
        }
    }

    /** Refuses numbers outside their fields. */
    public ChunkRequest {
        ranges = List.copyOf(ranges);
        if (transfer < 0 || transfer > 0xFFFF || epoch < 0 || epoch > MOST_EPOCH || chunkBytes < LEAST_CHUNK
                || chunkBytes > ChunkFrame.MOST_BYTES || ranges.isEmpty() || ranges.size() > MOST_RANGES) {
            throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "chunk request is out of range: xfer=" + transfer
                    + ", epoch=" + epoch + ", chunkBytes=" + chunkBytes + ", ranges=" + ranges.size());
        }
    }

    /**
     * Reads a request.
     *
     * @throws RefusedException when it is not one
     */
    public static ChunkRequest of(byte[] payload) {
        JsonFields fields = JsonFields.of(JsonReader.read(payload, MOST_BYTES), "chunk request");
        int transfer = (int) fields.whole("xfer", 0, 0xFFFF);
        long epoch = fields.whole("epoch", 0, MOST_EPOCH);
        Kind kind = kind(fields.text("kind", 8));
        var digest = new ContentDigest(fields.text("digest", 64));
        int chunkBytes = (int) fields.whole("chunkBytes", LEAST_CHUNK, ChunkFrame.MOST_BYTES);
        List<Range> ranges = new ArrayList<>();
        for (JsonValue range : fields.array("ranges", MOST_RANGES)) {
            ranges.add(range(range));
        }
        fields.end();
        return new ChunkRequest(transfer, epoch, kind, digest, chunkBytes, ranges);
    }

    /** The encoded form. */
    public byte[] encode() {
        List<JsonValue> each = new ArrayList<>();
        for (Range range : ranges) {
            each.add(new JsonArray(List.of(JsonNumber.of(range.block()), JsonNumber.of(range.offset()),
                    JsonNumber.of(range.length()))));
        }
        return JsonWriter.canonical(JsonObject.of(Map.of("ranges", new JsonArray(each))).with("xfer", transfer)
                .with("epoch", epoch).with("kind", kind.word).with("digest", digest.hex())
                .with("chunkBytes", chunkBytes));
    }

    private static Kind kind(String word) {
        for (Kind kind : Kind.values()) {
            if (kind.word.equals(word)) {
                return kind;
            }
        }
        throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "unknown kind: expected=blocks or document");
    }

    private static Range range(JsonValue value) {
        if (value instanceof JsonArray(List<JsonValue> numbers) && numbers.size() == 3) {
            return new Range(whole(numbers.get(0)), whole(numbers.get(1)), whole(numbers.get(2)));
        }
        throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "range is not [block, offset, length]");
    }

    private static int whole(JsonValue value) {
        if (value instanceof JsonNumber(double number) && number == Math.rint(number) && number >= 0
                && number <= Integer.MAX_VALUE) {
            return (int) number;
        }
        throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "range holds something else than whole numbers");
    }
}
