package dev.outpost.runtime;

import dev.outpost.provisioning.failure.StorageFaultException;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.control.ControlSocket;
import dev.outpost.runtime.control.StateLock;
import dev.outpost.runtime.http.ApiServer;
import dev.outpost.runtime.update.GoldenFacts;
import dev.outpost.runtime.update.GoldenSchedule;
import dev.outpost.runtime.update.ModelSwap;
import dev.outpost.runtime.update.ServingDesk;
import dev.outpost.runtime.update.UpdateGround;
import dev.outpost.runtime.update.UpdateParts;
import dev.outpost.runtime.update.UpdateRoom;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The state directory of a serving process: its lock, the store in it, updates, the control socket, the fleet. Where
 * another process owns it, or the disk fails, a file that an operator named is served all the same, without any of these.
 */
final class StateSide implements AutoCloseable {

    private final Logger log = System.getLogger(StateSide.class.getName());
    private final Setup setup;
    private final Surroundings surroundings;
    private final Optional<StateLock> lock;
    private final Optional<UpdateGround> ground;
    private final Optional<FleetSide> fleet;
    private final String without;
    private boolean stopped;
    private Optional<UpdateRoom> room = Optional.empty();
    private Optional<GoldenSchedule> golden = Optional.empty();
    private Optional<ControlSocket> control = Optional.empty();
    private Optional<SparkplugWiring.Alone> site = Optional.empty();

    private StateSide(Setup setup, Surroundings surroundings, StateLock lock, UpdateGround ground,
            Optional<FleetSide> fleet) {
        this.setup = setup;
        this.surroundings = surroundings;
        this.lock = Optional.of(lock);
        this.ground = Optional.of(ground);
        this.fleet = fleet;
        this.without = "";
    }

    /** @param without why there is no state */
    private StateSide(Setup setup, Surroundings surroundings, String without) {
        this.setup = setup;
        this.surroundings = surroundings;
        this.lock = Optional.empty();
        this.ground = Optional.empty();
        this.fleet = Optional.empty();
        this.without = without;
    }

    /** Takes the lock and opens what lies in the directory. */
    static StateSide open(Setup setup, Surroundings surroundings) {
        Path directory = setup.resolved().config().state().directory();
        boolean file = setup.resolved().config().model().file().isPresent();
        try {
            Optional<StateLock> lock = StateLock.take(directory);
            if (lock.isPresent()) {
                return open(setup, surroundings, lock.get(), directory);
            }
            String used = "state directory is in use: path=" + directory + ", process="
                    + StateLock.owner(directory).orElse("unknown");
            if (!file) {
                throw new CommandFailure(ExitStatus.UNAVAILABLE, used,
                        "stop that process, or choose another directory: --state-dir DIR");
            }
            return new StateSide(setup, surroundings, used);
        } catch (UncheckedIOException | StorageFaultException e) {
            if (!file) {
                throw e;
            }
            return new StateSide(setup, surroundings, "state directory cannot be used: " + e.getMessage());
        }
    }

    private static StateSide open(Setup setup, Surroundings surroundings, StateLock lock, Path directory) {
        try {
            UpdateGround ground = UpdateGround.open(directory, Release.BUILT);
            return new StateSide(setup, surroundings, lock, ground, FleetSide.open(setup, surroundings, ground));
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    Optional<UpdateGround> ground() {
        return ground;
    }

    Optional<FleetSide> fleet() {
        return fleet;
    }

    /**
     * The model serves, or cannot: updates go on, the control socket listens, the fleet's links open.
     *
     * @param failure why no model serves, if it should
     * @param restart ends the process in order, so that it is started afresh
     */
    void begin(ApiServer server, ModelSwap swap, Optional<String> failure, Runnable restart) {
        if (ground.isEmpty()) {
            log.log(Level.WARNING, "serving without store and updates: {0}", without);
            return;
        }
        UpdateParts parts = fleet.map(FleetSide::parts).orElseGet(UpdateParts::withoutFleet);
        UpdateRoom updates = UpdateRoom.start(ground.get(), parts, swap);
        room = Optional.of(updates);
        updates.needsHandsWhile(() -> failure.filter(_ -> swap.current().isEmpty()));
        server.onAnswered((model, ok) -> model.digest().map(ContentDigest::new)
                .ifPresent(digest -> updates.answered(digest, ok)));
        var questions = new GoldenSchedule(updates, swap, facts(),
                setup.resolved().config().update().goldenInterval());
        golden = Optional.of(questions);
        var desk = new ServingDesk(updates, ground.get(), swap);
        control = listen(desk);
        var process = new ServingProcess(setup, server, swap, updates, questions, desk, restart);
        fleet.ifPresent(side -> side.begin(process));
        site = fleet.isPresent() ? Optional.empty() : SparkplugWiring.alone(process, ground.get(), surroundings.root());
        questions.begin();
    }

    /** The process stops: nothing new begins. */
    void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        site.ifPresent(SparkplugWiring.Alone::close);
        fleet.ifPresent(FleetSide::close);
        control.ifPresent(ControlSocket::close);
        golden.ifPresent(GoldenSchedule::close);
        room.ifPresent(UpdateRoom::stop);
    }

    /** Waits for the update's thread; what it was about to do is journalled. */
    void join() {
        room.ifPresent(UpdateRoom::close);
    }

    @Override
    public void close() {
        stop();
        room.ifPresent(UpdateRoom::close);
        lock.ifPresent(StateLock::close);
    }

    private Optional<ControlSocket> listen(ServingDesk desk) {
        try {
            return Optional.of(ControlSocket.listen(directory(), desk));
        } catch (UncheckedIOException e) {
            log.log(Level.WARNING, "no control socket, verbs cannot reach this process: {0}", e.getMessage());
            return Optional.empty();
        }
    }

    private GoldenFacts facts() {
        return new GoldenFacts(Release.version(), Runtime.version().toString(), "", driver(surroundings.root()));
    }

    /** The kernel module's version line; none without an accelerator. */
    private static String driver(Path root) {
        try (var lines = Files.lines(root.resolve("proc/driver/nvidia/version"))) {
            return lines.findFirst().map(line -> line.substring(0, Math.min(256, line.length()))).orElse("none");
        } catch (IOException | UncheckedIOException none) {
            return "none";
        }
    }

    private Path directory() {
        return setup.resolved().config().state().directory();
    }
}
