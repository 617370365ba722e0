package dev.outpost.runtime.cli;

import dev.outpost.engine.Engine;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.config.ResolvedConfig;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.control.ControlHandler.Progress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the verbs need from the other rooms; wired at the root. */
public interface Rooms {

    Surroundings surroundings();

    /**
     * The chain resolved for this machine.
     *
     * @param file read instead of the system's files
     * @param flags values by setting key
     * @throws dev.outpost.runtime.config.ConfigException with every problem
     */
    ResolvedConfig config(Optional<Path> file, Map<String, String> flags);

    /** The files {@link #config} reads, weakest first. */
    List<Path> configFiles(Optional<Path> file);

    /** As {@link #config}, joined with the device. */
    Setup setup(Optional<Path> file, Map<String, String> flags);

    /** Loads a model under the setup's options. */
    Engine open(Path model, Setup setup);

    /** Serves until the process is asked to stop; returns its exit status. */
    int serve(Setup setup) throws InterruptedException;

    /**
     * Asks the process that serves from the state directory, or does it here when none does.
     *
     * @throws dev.outpost.runtime.control.ControlException when it cannot be done
     */
    JsonObject state(Setup setup, JsonObject request, Progress progress) throws InterruptedException;

    /** Runs what a start runs, once, so that the virtual machine can record it; with a model also a few tokens. */
    void train(Setup setup) throws InterruptedException;

    /** Runs a fleet's hub until the process is asked to stop; returns its exit status. */
    int hub(HubOptions options) throws InterruptedException;
}
