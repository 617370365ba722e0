package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.journal.JournalRecord;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/**
 * Records on the wire: JSON, deflated (RFC 1950).
 *
 * <pre>
 * {"afterSeq": n, "bootId": 16 hex digits, "firstSeq": n, "oldestSeq": n,
 *  "records": [{"t": Unix ms, "r": {…}}, …], "runId": 16 hex digits, "stream": "metric"}
 * </pre>
 *
 * A record's name is (device, stream, boot, sequence): a disk that was wiped, restored or cut by a power failure gives
 * sequences out again, under another boot. Within one run of the device a sequence is one record, so what is
 * acknowledged is counted per run, and an acknowledgement names the run it is for.
 *
 * @param boot the run of the device that wrote the records, one for all of a batch
 * @param run the run that sends them
 * @param oldest oldest sequence the device can still send: what is below it was acknowledged or given up
 * @param after the device has nothing between this sequence and {@code first}; -1 before the first of all
 * @param first sequence of the first record; the others follow by one
 */
public record TelemetryBatch(RecordClass kind, long boot, long run, long oldest, long after, long first,
        List<Entry> entries) {

    /** Bound on what a batch may unfold to, bytes. */
    public static final int MOST_JSON = 4 << 20;

    /** A record and its wall clock time at the device, Unix milliseconds. */
    public record Entry(long timeMillis, JsonValue record) {}

    public TelemetryBatch {
        entries = List.copyOf(entries);
    }

    /** Sequence of the last record. */
    public long last() {
        return first + entries.size() - 1;
    }

    /**
     * The longest row of records with one boot and no gap at the head of {@code records}.
     *
     * @param from where reading began
     */
    static TelemetryBatch head(RecordClass kind, long run, long oldest, long from, List<JournalRecord> records) {
        var first = records.getFirst();
        var entries = new ArrayList<Entry>();
        for (var record : records) {
            boolean follows = record.boot() == first.boot() && record.sequence() == first.sequence() + entries.size();
            if (!follows) {
                break;
            }
            entries.add(new Entry(record.timeMillis(), JsonReader.read(record.payload(), MOST_JSON)));
        }
        return new TelemetryBatch(kind, first.boot(), run, oldest, from - 1, first.sequence(), entries);
    }

    byte[] deflated() {
        var records = new ArrayList<JsonValue>();
        entries.forEach(entry -> records.add(new JsonObject(new TreeMap<>()).with("t", entry.timeMillis())
                .with("r", entry.record())));
        var json = new JsonObject(new TreeMap<>()).with("stream", kind.stream()).with("firstSeq", first)
                .with("oldestSeq", oldest).with("afterSeq", after).with("bootId", hex(boot)).with("runId", hex(run))
                .with("records", new JsonArray(records));
        var bytes = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(bytes)) {
            deflater.write(JsonWriter.text(json).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does not fail", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what a device sent; hostile until read.
     *
     * @throws dev.outpost.provisioning.failure.RefusedException if it is no batch
     * @throws IOException if it is not deflated, or unfolds to more than {@link #MOST_JSON}
     */
    public static TelemetryBatch inflate(byte[] payload) throws IOException {
        byte[] json;
        try (var inflater = new InflaterInputStream(new ByteArrayInputStream(payload))) {
            json = inflater.readNBytes(MOST_JSON + 1);
        }
        if (json.length > MOST_JSON) {
            throw new IOException("telemetry batch unfolds to more than " + MOST_JSON + " bytes");
        }
        var fields = JsonFields.of(JsonReader.read(json, MOST_JSON), "batch");
        var kind = RecordClass.ofStream(fields.text("stream", 16))
                .orElseThrow(() -> new IOException("telemetry batch is of an unknown stream"));
        long boot = bootId(fields.text("bootId", 16));
        long run = bootId(fields.text("runId", 16));
        var entries = new ArrayList<Entry>();
        for (var value : fields.array("records", 100_000)) {
            var entry = JsonFields.of(value, "record");
            entries.add(new Entry(entry.whole("t", 0, JsonNumber.MAX_WHOLE), entry.value("r")));
            entry.end();
        }
        long first = fields.whole("firstSeq", 0, JsonNumber.MAX_WHOLE - entries.size());
        long oldest = fields.whole("oldestSeq", 0, first);
        long after = fields.whole("afterSeq", oldest - 1, first - 1);
        fields.end();
        if (entries.isEmpty()) {
            throw new IOException("telemetry batch is empty");
        }
        return new TelemetryBatch(kind, boot, run, oldest, after, first, entries);
    }

    /** A boot's or run's id as it is written. */
    public static String hex(long id) {
        return String.format("%016x", id);
    }

    private static long bootId(String hex) throws IOException {
        if (!hex.matches("[0-9a-f]{16}")) {
            throw new IOException("boot id is not 16 hex digits");
        }
        return Long.parseUnsignedLong(hex, 16);
    }
}
