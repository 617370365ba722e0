package dev.outpost.runtime.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A configuration that the fleet signed, in the format of a configuration file. It may set what tunes a device and
 * nothing by which a device could be lost: no paths, addresses, identities or carriers.
 *
 * @param version says which it is, for people
 * @param yaml its text
 */
public record FleetText(long version, String yaml) {

    /** The settings a fleet may set. */
    public static final Set<String> KEYS = Set.of("engine.context", "engine.parallel", "engine.prefill-chunk",
            "engine.queue-limit", "fleet.bandwidth", "fleet.freshness-interval", "link.fleet.backoff-first",
            "link.fleet.backoff-most", "link.fleet.bytes-per-second", "link.fleet.keep-alive",
            "link.site.backoff-first", "link.site.backoff-most", "link.site.bytes-per-second", "link.site.keep-alive",
            "log.level", "server.drain-timeout", "server.request-timeout", "sparkplug.interval", "telemetry.disk-cap",
            "telemetry.logs-per-minute", "telemetry.metric-interval", "telemetry.sync-interval",
            "update.drain-timeout", "update.golden-interval");

    /** @throws ConfigException naming each line that sets what a fleet may not set */
    List<RawValue> values() {
        return settable(ConfigFile.parse(yaml, line -> new Origin.Fleet(version, line)));
    }

    /**
     * Says before signing what every device would say after.
     *
     * @param path of the file, for problems
     * @throws ConfigException naming each line that sets what a fleet may not set
     */
    public static void check(String path, String yaml) {
        settable(ConfigFile.parse(yaml, line -> new Origin.File(path, line)));
    }

    private static List<RawValue> settable(List<RawValue> values) {
        List<ConfigProblem> problems = new ArrayList<>();
        for (RawValue value : values) {
            if (!KEYS.contains(value.key())) {
                problems.add(new ConfigProblem(value.origin(), "a fleet may not set this: key=" + value.key()));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return values;
    }
}
