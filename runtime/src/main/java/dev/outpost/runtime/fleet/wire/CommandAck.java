package dev.outpost.runtime.fleet.wire;

import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;

/**
 * Where a command stands on the device.
 *
 * @param id the command's id
 * @param state where it stands
 * @param detail what happened, for people
 */
public record CommandAck(String id, State state, String detail) {
    private static final int LIMIT = 8 << 10;
    private static final int DETAIL = 1024;

    /** Stages of a command, in order; the last two are ends. */
    public enum State {
        ACCEPTED, RUNNING, DONE, FAILED;

        /** The word on the wire. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether the command will not move any more. */
        public boolean ended() {
            return this == DONE || this == FAILED;
        }

        /** Reads {@link #word}. */
        public static State of(String word) {
            return Arrays.stream(values()).filter(state -> state.word().equals(word)).findFirst()
                    .orElseThrow(() -> WireText.malformed("unknown state of a command: state=" + word));
        }
    }

    /** Cuts the detail to what the wire takes. */
    public CommandAck {
        detail = detail.substring(0, Math.min(DETAIL, detail.length()));
    }

    /** The bytes on the wire. */
    public byte[] encode() {
        return JsonWriter.canonical(JsonObject.of(Map.of()).with("id", id).with("state", state.word())
                .with("detail", detail));
    }

    /** Reads what {@link #encode} wrote. */
    public static CommandAck of(byte[] message) {
        JsonFields fields = JsonFields.of(JsonReader.read(message, LIMIT), "ack");
        CommandAck ack = new CommandAck(WireText.identifier(fields, "id"), State.of(fields.text("state", 16)),
                fields.text("detail", DETAIL));
        fields.end();
        return ack;
    }
}
