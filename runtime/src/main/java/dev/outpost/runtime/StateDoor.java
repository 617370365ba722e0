package dev.outpost.runtime;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.control.ControlClient;
import dev.outpost.runtime.control.ControlException;
import dev.outpost.runtime.control.ControlException.Reason;
import dev.outpost.runtime.control.ControlHandler.Progress;
import dev.outpost.runtime.control.StateLock;
import dev.outpost.runtime.update.StateDesk;
import dev.outpost.runtime.update.UpdateGround;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** The way of a verb to a state directory: through the process that serves from it, else by taking its lock. */
final class StateDoor {

    /** A process that starts holds the lock before it listens: loading a model takes its time. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration PAUSE = Duration.ofMillis(100);

    private final Setup setup;
    private final Path directory;

    StateDoor(Setup setup) {
        this.setup = setup;
        this.directory = setup.resolved().config().state().directory();
    }

    /** @throws ControlException when it cannot be done, or the directory's owner does not listen */
    JsonObject ask(JsonObject request, Progress progress) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < end) {
            Optional<ControlClient> owner = ControlClient.connect(directory);
            if (owner.isPresent()) {
                try (ControlClient client = owner.get()) {
                    return client.answer(request, progress);
                }
            }
            Optional<StateLock> lock = StateLock.take(directory);
            if (lock.isPresent()) {
                try (StateLock _ = lock.get()) {
                    return new StateDesk(UpdateGround.open(directory, Release.BUILT), setup.options())
                            .answer(request, progress);
                }
            }
            Thread.sleep(PAUSE);
        }
        throw new ControlException(Reason.TAKEN, "state directory is in use: path=" + directory + ", process="
                + StateLock.owner(directory).orElse("unknown"), "that process does not answer; stop it, or try again");
    }
}
