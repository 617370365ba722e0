package dev.outpost.runtime.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Every setting of the runtime, resolved: one immutable tree, built once, passed down.
 *
 * <p>Names, defaults, ranges and meanings as an operator sees them are in {@link SettingTable}; this tree is what code
 * reads. Any thread.
 */
public record RuntimeConfig(Server server, Model model, Engine engine, Device device, State state, Log log) {

    /** What a plain run from code starts from: the defaults of {@link SettingTable}. */
    public static RuntimeConfig defaults() {
        return ConfigChain.defaultsOnly().config();
    }

    /**
     * The HTTP listener.
     *
     * @param host address to bind; loopback only until access keys exist
     * @param port 0..65535, 0 lets the system choose
     * @param allowedHosts names a {@code Host} header may carry besides the loopback ones, without port
     * @param maxBodyBytes largest request body, 1 KiB..16 MiB
     * @param maxConnections open sockets, 16..4096
     * @param headerTimeout from a request's first byte to the end of its headers, 1 s..5 min
     * @param bodyTimeout from the end of the headers to the end of the body, 1 s..5 min
     * @param idleTimeout after which a silent connection is closed, 1 s..1 h
     * @param requestTimeout longest time for one answer, 1 s..24 h
     * @param drainTimeout how long requests in flight may go on after SIGTERM, 0..600 s
     */
    public record Server(String host, int port, List<String> allowedHosts, int maxBodyBytes, int maxConnections,
            Duration headerTimeout, Duration bodyTimeout, Duration idleTimeout, Duration requestTimeout,
            Duration drainTimeout) {

        public Server {
            allowedHosts = List.copyOf(allowedHosts);
        }
    }

    /**
     * The model that is served.
     *
     * @param file GGUF file
     * @param name name on the API; empty: derived from the file's name
     * @param aliases further names a request may use for it
     */
    public record Model(Optional<Path> file, Optional<String> name, List<String> aliases) {

        public Model {
            aliases = List.copyOf(aliases);
        }
    }

    /**
     * How the model is loaded and run.
     *
     * @param threads worker threads, 1..256; empty: one per core
     * @param context tokens of one request, 16..1,048,576; empty: what the model was trained with, cut to the budget
     * @param parallel requests that run at once, 1..64
     * @param memoryBudgetBytes most the process may take; empty: {@code memoryShare} of what is available
     * @param memoryShare share of the available memory, 0.05..0.95, that the budget is where none is set
     * @param kvType {@code f16} or {@code q8_0}
     * @param isa highest kernel tier by its word; empty: the best of this machine
     * @param chunkMillis longest prefill chunk, 1..1000 ms
     * @param queueLimit waiting requests per class, 1..1024
     */
    public record Engine(OptionalInt threads, OptionalInt context, int parallel, OptionalLong memoryBudgetBytes,
            double memoryShare, String kvType, Optional<String> isa, int chunkMillis, int queueLimit) {}

    /**
     * The board this runs on.
     *
     * @param profile {@code auto}, {@code none}, a name of the catalogue, or a path of a profile file
     */
    public record Device(String profile) {}

    /**
     * Where state is kept.
     *
     * @param directory created where missing, mode 0700
     */
    public record State(Path directory) {}

    /**
     * The log.
     *
     * @param level {@code error}, {@code warn}, {@code info} or {@code debug}
     */
    public record Log(String level) {}
}
