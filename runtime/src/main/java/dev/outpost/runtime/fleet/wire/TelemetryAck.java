package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import java.util.Map;

/**
 * The fleet has these records on its own disk: the only thing that frees a device's spool.
 *
 * @param stream the stream, such as {@code metric}
 * @param runId run of the device it is for, 16 hex digits: another run may have given the same sequences out again
 * @param upToSeq the highest sequence up to which nothing is missing; -1 for none
 */
public record TelemetryAck(String stream, String runId, long upToSeq) {
    private static final int LIMIT = 1024;

    /** The bytes on the wire. */
    public byte[] encode() {
        return JsonWriter.canonical(JsonObject.of(Map.of()).with("stream", stream).with("runId", runId)
                .with("upToSeq", upToSeq));
    }

    /** Reads what {@link #encode} wrote. */
    public static TelemetryAck of(byte[] message) {
        JsonFields fields = JsonFields.of(JsonReader.read(message, LIMIT), "ack");
        TelemetryAck ack = new TelemetryAck(fields.text("stream", 16), WireText.bootId(fields, "runId"),
                fields.whole("upToSeq", -1, JsonNumber.MAX_WHOLE));
        fields.end();
        return ack;
    }
}
