package dev.outpost.engine.session;

import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.RequestRefusedException.Reason;
import java.util.concurrent.ExecutionException;

/** Failures of requests that a caller waits for, raised again on the caller's thread. */
final class Outcomes {

    private Outcomes() {}

    /** The engine was closed while the request ran. */
    static EngineException ended() {
        return new RequestRefusedException(Reason.DRAINING, "", "the engine was closed while the request ran");
    }

    static EngineException failure(ExecutionException raised) {
        return raised.getCause() instanceof EngineException known
                ? known
                : new EngineFaultException("sequence_failed", "the request broke", raised.getCause());
    }
}
