package dev.outpost.runtime.config;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All settings: names, defaults, ranges and meanings are written here and nowhere else. */
public final class SettingTable {

    private static final long GIB = 1L << 30;
    private static final String ANY = "(?s).*";

    private static final List<Setting> ALL = List.of(
            flagged("server.host", new ValueKind.Text("[0-9A-Za-z.:\\[\\]-]{1,253}", "an address or host name"),
                    "127.0.0.1", "--host", "Address to listen on; only loopback addresses until access keys exist."),
            flagged("server.port", new ValueKind.Whole(0, 65_535, false), "8484", "--port",
                    "TCP port; 0 lets the system choose one, which the start line names."),
            plain("server.allowed-hosts", new ValueKind.Texts("host names"), "",
                    "Names a Host header may carry besides localhost and the loopback addresses."),
            plain("server.max-body", new ValueKind.Size(1 << 10, 16 << 20, false), "1MiB",
                    "Largest request body; a larger one gets 413."),
            plain("server.max-connections", new ValueKind.Whole(16, 4_096, false), "2048",
                    "Most open sockets of the listener."),
            plain("server.header-timeout", time(Duration.ofSeconds(1), Duration.ofMinutes(5)), "10s",
                    "From a request's first byte to the end of its headers."),
            plain("server.body-timeout", time(Duration.ofSeconds(1), Duration.ofMinutes(5)), "30s",
                    "From the end of the headers to the end of the body."),
            plain("server.idle-timeout", time(Duration.ofSeconds(1), Duration.ofHours(1)), "60s",
                    "A connection silent for this long is closed."),
            plain("server.request-timeout", time(Duration.ofSeconds(1), Duration.ofHours(24)), "10m",
                    "Longest time for one answer, queueing included."),
            plain("server.drain-timeout", time(Duration.ZERO, Duration.ofMinutes(10)), "30s",
                    "After SIGTERM, requests in flight may go on for this long."),
            flagged("model.file", new ValueKind.Text(ANY, "a path"), "", "--model", "GGUF file to serve."),
            plain("model.name", new ValueKind.Text("[A-Za-z0-9._-]{0,64}", "1..64 of A-Z a-z 0-9 . _ -"), "",
                    "Name of the model on the API; empty derives it from the file's name."),
            plain("model.aliases", new ValueKind.Texts("names like model.name"), "default",
                    "Further names a request may use for the model."),
            flagged("engine.threads", new ValueKind.Whole(1, 256, true), "auto", "--threads",
                    "Worker threads; auto is one per core this process may use."),
            flagged("engine.context", new ValueKind.Whole(16, 1 << 20, true), "auto", "--context",
                    "Tokens of one request, prompt and answer together; auto is what the model was trained with."),
            flagged("engine.parallel", new ValueKind.Whole(1, 64, false), "4", "--parallel",
                    "Requests that run at once, each with its own key-value cache."),
            flagged("engine.memory-budget", new ValueKind.Size(32 << 20, 4_096 * GIB, true), "auto",
                    "--memory-budget", "Most memory the process may take; auto is memory-share of what is available."),
            plain("engine.memory-share", new ValueKind.Decimal(0.05, 0.95), "0.8",
                    "Share of the available memory that is the budget where none is set."),
            plain("engine.kv-type", new ValueKind.Choice(List.of("f16", "q8_0")), "f16",
                    "Number format of the key-value cache; q8_0 takes about half."),
            flagged("engine.isa",
                    new ValueKind.Choice(List.of("auto", "scalar", "vector", "neon", "dotprod", "i8mm", "avx2",
                            "avx_vnni", "avx512", "avx512_vnni", "cuda")),
                    "auto", "--isa", "Highest kernel tier to use; only lowers."),
            plain("engine.prefill-chunk", time(Duration.ofMillis(1), Duration.ofSeconds(1)), "50ms",
                    "Longest stretch of one prompt before other requests get a turn."),
            plain("engine.queue-limit", new ValueKind.Whole(1, 1_024, false), "16",
                    "Waiting requests per class; more get 429 with Retry-After."),
            flagged("device.profile", new ValueKind.Text(ANY, "auto, none, a profile's name or a path"), "auto",
                    "--profile", "Device profile to apply; auto takes the nearest match."),
            flagged("state.directory", new ValueKind.Text(ANY, "a path"), "", "--state-dir",
                    "Where state is kept; empty is $STATE_DIRECTORY, else the user's state directory."),
            plain("device.id", new ValueKind.Text("[a-z0-9-]{0,64}", "1..64 of a-z 0-9 -"), "",
                    "This device's name in its fleet; empty derives it from the board's serial number or the machine id."),
            plain("identity.key", new ValueKind.Choice(List.of("file", "pkcs11")), "file",
                    "Where the device's key lives: a file of mode 0600 in the state directory, or a token."),
            plain("identity.pkcs11-config", new ValueKind.Text(ANY, "a path"), "",
                    "Configuration file of the JDK's PKCS#11 provider for the token."),
            plain("identity.pkcs11-alias", new ValueKind.Text(ANY, "a name"), "outpost",
                    "Label of the key and its certificate on the token."),
            plain("identity.pkcs11-pin-file", new ValueKind.Text(ANY, "a path"), "",
                    "File whose first line is the token's PIN."),
            plain("update.golden-interval", time(Duration.ofSeconds(1), Duration.ofDays(30)), "24h",
                    "How often the serving model is asked the golden questions of its release."),
            plain("update.drain-timeout", time(Duration.ZERO, Duration.ofHours(24)), "2m",
                    "How long requests in flight may hold up a model that must leave for another to be loaded."),
            plain("log.level", new ValueKind.Choice(List.of("error", "warn", "info", "debug")), "info",
                    "Least level that is logged."));

    private static final List<Setting> EVERY = Stream.of(ALL, FleetSettingTable.LINKS, FleetSettingTable.FLEET,
            FleetSettingTable.SPARKPLUG)
            .flatMap(List::stream).toList();

    private static final Map<String, Setting> BY_KEY = EVERY.stream().collect(
            Collectors.toMap(Setting::key, setting -> setting, (first, second) -> first, LinkedHashMap::new));

    private SettingTable() {}

    /** In the order of the reference page. */
    public static List<Setting> all() {
        return EVERY;
    }

    public static Optional<Setting> byKey(String key) {
        return Optional.ofNullable(BY_KEY.get(key));
    }

    /** The known key nearest to a mistyped one. */
    public static Optional<String> nearest(String key) {
        return Suggestion.of(key, BY_KEY.keySet());
    }

    static Setting plain(String key, ValueKind kind, String fallback, String meaning) {
        return new Setting(key, kind, fallback, Optional.empty(), meaning);
    }

    private static Setting flagged(String key, ValueKind kind, String fallback, String flag, String meaning) {
        return new Setting(key, kind, fallback, Optional.of(flag), meaning);
    }

    static ValueKind time(Duration least, Duration most) {
        return new ValueKind.Time(least, most);
    }
}
