package dev.outpost.runtime.sparkplug;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonNumber;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.sparkplug.SparkplugSettings.Server;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The host application that must be there. It says so in {@code spBv1.0/STATE/{host}}, with a time; at each server the
 * times only go forward. One thread.
 */
final class PrimaryHost {

    private static final int MOST_BYTES = 4 << 10;

    /** What a STATE message changes. */
    enum Change {
        CAME, WENT, NOTHING
    }

    private record State(boolean online, long timestamp) {}

    private final String topic;
    private final Map<Server, Long> lastOnline = new HashMap<>();
    private Optional<Server> server = Optional.empty();
    private boolean online;

    PrimaryHost(String host) {
        this.topic = EdgeId.state(host);
    }

    String topic() {
        return topic;
    }

    /** A new session begins: the host must say again that it is there. */
    void begin(Server next) {
        server = Optional.of(next);
        online = false;
    }

    boolean isOnline() {
        return online;
    }

    Change heard(String where, byte[] payload) {
        var state = where.equals(topic) && server.isPresent() ? read(payload) : Optional.<State>empty();
        if (state.isEmpty() || state.get().timestamp() < lastOnline.getOrDefault(server.get(), Long.MIN_VALUE)) {
            return Change.NOTHING;
        }
        boolean before = online;
        online = state.get().online();
        if (online) {
            lastOnline.put(server.get(), state.get().timestamp());
            return before ? Change.NOTHING : Change.CAME;
        }
        return Change.WENT;
    }

    private static Optional<State> read(byte[] payload) {
        try {
            JsonValue json = JsonReader.read(payload, MOST_BYTES);
            if (json instanceof JsonObject(var members) && members.get("online") instanceof JsonFlag(boolean online)
                    && members.get("timestamp") instanceof JsonNumber(double millis)) {
                return Optional.of(new State(online, (long) millis));
            }
        } catch (RefusedException ignored) {
            // not a STATE message; whoever sent it is not the host
        }
        return Optional.empty();
    }
}
