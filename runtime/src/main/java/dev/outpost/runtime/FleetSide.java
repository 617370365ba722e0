package dev.outpost.runtime;

import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.update.UpdateGround;
import dev.outpost.runtime.update.UpdateParts;
import java.util.Optional;

/** What a configured fleet adds to a serving process; {@link ServeRun} calls it in this order. */
interface FleetSide extends AutoCloseable {

    /** Opens the fleet's side where one is configured: identity is read, no link is opened yet. */
    static Optional<FleetSide> open(Setup setup, UpdateGround ground) {
        return Optional.empty();
    }

    /** Who this device is, and by which ways files come. */
    UpdateParts parts();

    /** Updates run and requests are answered, if there is a model: links may open. */
    void begin(ServingProcess process);

    /** Closes the links; the process stops. */
    @Override
    void close();
}
