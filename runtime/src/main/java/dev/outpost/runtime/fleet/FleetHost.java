package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Port: what the agent asks of the runtime around it. Implemented at the root; any thread. */
public interface FleetHost {

    /** Kernel tier of the engine; a word. */
    String tier();

    /** Digests (hex) of the models that answer now. */
    List<String> serving();

    /** Nanoseconds since the last inference ended; since the start when there was none. */
    long idleNanos();

    /** Asks the golden questions of the active model. */
    CompletableFuture<String> golden();

    /** Goes back to the model before, on the update's thread; the text says what serves now. */
    CompletableFuture<String> rollBack();

    /** Announces everything afresh on the other links. */
    void rebirth();

    /** Figures since the last call, for one metric record. */
    JsonObject metrics();

    /** Ends the process so that it is started afresh. */
    void restart(String why);
}
