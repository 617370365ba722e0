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
public record RuntimeConfig(Server server, Model model, Engine engine, Device device, State state, Log log,
        Update update,
        Identity identity, Link fleetLink, Link siteLink, Fleet fleet, Telemetry telemetry,
        Sparkplug sparkplug) {

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
     * @param id {@code [a-z0-9-]{1,64}}; empty: derived from serial number or machine id
     */
    public record Device(String profile, Optional<String> id) {}

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

    /**
     * How the served model changes.
     *
     * @param goldenInterval between two askings of the golden questions, 1 s..30 d
     * @param drainTimeout how long requests in flight may hold up a model that must leave for another, 0..24 h
     */
    public record Update(Duration goldenInterval, Duration drainTimeout) {}

    /**
     * Where the device's key lives.
     *
     * @param key {@code file} or {@code pkcs11}
     * @param pkcs11Config configuration of the JDK's PKCS#11 provider
     * @param pkcs11Alias label of key and certificate on the token
     * @param pkcs11PinFile its first line is the PIN
     */
    public record Identity(String key, Optional<Path> pkcs11Config, String pkcs11Alias,
            Optional<Path> pkcs11PinFile) {}

    /**
     * A link to a broker.
     *
     * @param url {@code mqtt://host:port} or {@code mqtts://host:port}; empty: the claim's, else none
     * @param username at the broker
     * @param passwordFile its first line is the password
     * @param keepAlive ping interval, 1 s..1 h
     * @param connectDeadline for TCP, TLS and the broker's answer together, 100 ms..5 min
     * @param publishDeadline a message unacknowledged for so long ends the connection, 100 ms..5 min
     * @param backoffFirst bound of the first wait, 1 ms..1 h
     * @param backoffMost bound of the longest wait, 1 ms..24 h
     * @param stableAfter a connection of this length resets the wait, 1 ms..1 h
     * @param connectsPerMinute attempts in any minute, 1..60,000
     * @param bytesPerSecond bound on what is sent; 0 is none
     */
    public record Link(Optional<String> url, Optional<String> username, Optional<Path> passwordFile,
            Duration keepAlive, Duration connectDeadline, Duration publishDeadline, Duration backoffFirst,
            Duration backoffMost, Duration stableAfter, int connectsPerMinute, long bytesPerSecond) {}

    /**
     * The fleet this device belongs to.
     *
     * @param claim claim file to accept at start
     * @param groups groups this device is in
     * @param carriers {@code range}, {@code peer}, {@code usb}, {@code mqtt} in order of preference
     * @param rangeUrls servers of files by HTTP Range
     * @param stick directory in which a stick appears
     * @param peerListen {@code host:port} at which devices of the site fetch blocks
     * @param bytesPerSecond bound on file transfers; 0 is none
     * @param freshnessInterval how often the fleet is asked what is newest
     * @param lookInterval how often sticks, offers and certificates are looked at, 10 ms..1 h
     * @param answerDeadline wait for an answer of the fleet, 10 ms..1 h
     * @param enrolBackoff wait after a failed enrolment, doubling up to 1 h
     */
    public record Fleet(Optional<Path> claim, List<String> groups, List<String> carriers, List<String> rangeUrls,
            Optional<Path> stick, Optional<String> peerListen, long bytesPerSecond, Duration freshnessInterval,
            Duration lookInterval, Duration answerDeadline, Duration enrolBackoff) {

        public Fleet {
            groups = List.copyOf(groups);
            carriers = List.copyOf(carriers);
            rangeUrls = List.copyOf(rangeUrls);
        }
    }

    /**
     * What is recorded for the fleet.
     *
     * @param diskCapBytes for all records that wait, 1 MiB and more
     * @param segmentBytes one file of the spool, 16 KiB..64 MiB
     * @param metricInterval how often metrics are recorded
     * @param syncInterval group commit of all but alarms
     * @param ackTimeout records are sent again after this
     * @param logsPerMinute warnings and errors recorded in a minute
     */
    public record Telemetry(long diskCapBytes, int segmentBytes, Duration metricInterval, Duration syncInterval,
            Duration ackTimeout, int logsPerMinute) {}

    /**
     * The Sparkplug B edge node.
     *
     * @param enabled whether there is one, on the link site
     * @param group group id
     * @param node edge node id; empty: the device's id
     * @param primaryHost host application without which nothing is published
     * @param aliases whether data carries numbers in place of names
     * @param interval between two looks at the metrics, 10 ms..1 h
     * @param servers further brokers, {@code mqtt://host:port} or {@code mqtts://host:port}
     */
    public record Sparkplug(boolean enabled, String group, Optional<String> node, Optional<String> primaryHost,
            boolean aliases, Duration interval, List<String> servers) {

        public Sparkplug {
            servers = List.copyOf(servers);
        }
    }
}
