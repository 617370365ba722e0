package dev.outpost.runtime.control;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.runtime.control.ControlException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * What travels over the control socket: one JSON object a line. A request, then any number of {@code {"progress":...}},
 * then {@code {"answer":{...}}} or {@code {"failure":...}}.
 */
final class ControlLine {
    static final int LIMIT = 1 << 20;

    private ControlLine() {}

    static void write(OutputStream out, JsonObject line) throws IOException {
        var bytes = new ByteArrayOutputStream();
        bytes.writeBytes(JsonWriter.canonical(line));
        bytes.write('\n');
        out.write(bytes.toByteArray());
        out.flush();
    }

    /** @throws ControlException when it is no JSON object, or too long */
    static JsonObject read(InputStream in) throws IOException {
        var line = new ByteArrayOutputStream();
        int next = in.read();
        while (next != '\n') {
            if (next < 0) {
                throw new EOFException("control connection ended within a line: bytes=" + line.size());
            }
            if (line.size() == LIMIT) {
                throw new ControlException(Reason.REFUSED, "control line is too long: limitBytes=" + LIMIT, "");
            }
            line.write(next);
            next = in.read();
        }
        try {
            if (JsonReader.read(line.toByteArray(), LIMIT) instanceof JsonObject object) {
                return object;
            }
        } catch (RefusedException e) {
            throw new ControlException(Reason.REFUSED, "control line is no JSON: " + e.getMessage(), "");
        }
        throw new ControlException(Reason.REFUSED, "control line is no JSON object", "");
    }

    static JsonObject progress(String what, long done, long total) {
        return JsonObject.of(Map.of()).with("progress", what).with("done", done).with("total", total);
    }

    static JsonObject answer(JsonObject answer) {
        return JsonObject.of(Map.of("answer", answer));
    }

    static JsonObject failure(ControlException failure) {
        return JsonObject.of(Map.of()).with("failure", failure.reason().name())
                .with("fact", failure.getMessage()).with("next", failure.next());
    }

    /** Passes progress on; an answer is returned, a failure thrown. */
    static boolean isProgress(JsonObject line, ControlHandler.Progress progress) {
        JsonFields fields = JsonFields.of(line, "line");
        if (fields.has("progress")) {
            progress.at(fields.text("progress", 256), fields.whole("done", 0, JsonNumber.MAX_WHOLE),
                    fields.whole("total", 0, JsonNumber.MAX_WHOLE));
        }
        return fields.has("progress");
    }

    static JsonObject result(JsonObject line) {
        JsonFields fields = JsonFields.of(line, "line");
        if (fields.has("failure")) {
            throw new ControlException(Reason.valueOf(fields.text("failure", 64)), fields.text("fact", LIMIT),
                    fields.text("next", LIMIT));
        }
        return (JsonObject) fields.value("answer");
    }
}
