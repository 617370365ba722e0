package dev.outpost.runtime.config;

import static dev.outpost.runtime.config.SettingTable.plain;
import static dev.outpost.runtime.config.SettingTable.time;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** The settings of links and fleet; part of {@link SettingTable}. */
final class FleetSettingTable {

    private static final long GIB = 1L << 30;
    private static final String ANY = "(?s).*";
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration TICK = Duration.ofMillis(10);

    static final List<Setting> LINKS = Stream.of("fleet", "site").flatMap(link -> link(link).stream()).toList();

    static final List<Setting> FLEET = List.of(
            plain("fleet.claim", new ValueKind.Text(ANY, "a path"), "",
                    "Claim file to accept at start; the one accepted last counts when it is gone."),
            plain("fleet.groups", new ValueKind.Texts("names of a-z 0-9 -"), "",
                    "Groups of the fleet that this device is in."),
            plain("fleet.carriers", new ValueKind.Words(List.of("range", "peer", "usb", "mqtt")), "range,peer,usb,mqtt",
                    "Ways by which files come in, the first one first; one that is not listed is not used."),
            plain("fleet.range-urls", new ValueKind.Texts("http:// or https:// addresses"), "",
                    "Servers of files by HTTP Range."),
            plain("fleet.stick", new ValueKind.Text(ANY, "a path"), "",
                    "Directory in which a stick with a bundle appears; empty: sticks are not looked at."),
            plain("fleet.peer-listen", new ValueKind.Text("([0-9A-Za-z.:\\[\\]-]+:\\d{1,5})?", "host:port"), "",
                    "Address at which devices of the site may fetch blocks from this one; empty: none may."),
            plain("fleet.bandwidth", new ValueKind.Size(0, 1024 * GIB, false), "0B",
                    "Most bytes of files a second; 0B is no limit."),
            plain("fleet.freshness-interval", time(Duration.ofMillis(100), Duration.ofDays(30)), "24h",
                    "How often the fleet is asked what is newest, besides at each connect."),
            plain("fleet.look-interval", time(TICK, HOUR), "10s",
                    "How often sticks, waiting offers and certificates are looked at."),
            plain("fleet.answer-deadline", time(TICK, HOUR), "30s",
                    "Wait for an answer of the fleet: a certificate, the proof of a new one."),
            plain("fleet.enrol-backoff", time(TICK, DAY), "1m",
                    "Wait after an enrolment that failed; it doubles up to an hour."),
            plain("telemetry.disk-cap", new ValueKind.Size(1 << 20, 1024 * GIB, false), "256MiB",
                    "Most disk that waiting telemetry may take; a fifth of it is kept for alarms."),
            plain("telemetry.segment-size", new ValueKind.Size(16 << 10, 64 << 20, false), "4MiB",
                    "Size of one file of the spool; the cap is exceeded by at most one."),
            plain("telemetry.metric-interval", time(TICK, DAY), "1m", "How often metrics are recorded."),
            plain("telemetry.sync-interval", time(Duration.ZERO, Duration.ofMinutes(1)), "200ms",
                    "Longest time a record other than an alarm is kept only in the system's cache."),
            plain("telemetry.ack-timeout", time(TICK, HOUR), "10s",
                    "After this without an acknowledgement of the fleet, records are sent again."),
            plain("telemetry.logs-per-minute", new ValueKind.Whole(0, 60_000, false), "60",
                    "Most warnings and errors of the log that are recorded in a minute."));

    static final List<Setting> SPARKPLUG = List.of(
            plain("sparkplug.enabled", new ValueKind.Choice(List.of("false", "true")), "false",
                    "Whether this device is a Sparkplug B edge node on the link site."),
            plain("sparkplug.group", new ValueKind.Text("[^+/#]{1,128}", "1..128 characters, none of + / #"),
                    "outpost", "Group id."),
            plain("sparkplug.node", new ValueKind.Text("[^+/#]{0,128}", "up to 128 characters, none of + / #"), "",
                    "Edge node id; empty is the device's id."),
            plain("sparkplug.primary-host",
                    new ValueKind.Text("[^+/#]{0,128}", "up to 128 characters, none of + / #"), "",
                    "Host application that must be online before anything is published; empty waits for none."),
            plain("sparkplug.aliases", new ValueKind.Choice(List.of("false", "true")), "false",
                    "Whether data carries numbers in place of metric names."),
            plain("sparkplug.interval", time(TICK, HOUR), "5s",
                    "How often metrics are looked at; what did not change is not sent."),
            plain("sparkplug.servers", new ValueKind.Texts("mqtt://host:port or mqtts://host:port"), "",
                    "Further brokers, tried in this order after the link's own; one is connected at a time."));

    private FleetSettingTable() {}

    private static List<Setting> link(String name) {
        String at = "link." + name + ".";
        return List.of(
                plain(at + "url", new ValueKind.Text("(mqtts?://[0-9A-Za-z._:\\[\\]-]+)?",
                        "mqtt://host:port or mqtts://host:port"), "",
                        "Broker of the link " + name
                                + "; empty takes the accepted claim's, else there is no such link."),
                plain(at + "username", new ValueKind.Text(ANY, "a name"), "",
                        "User name at the broker; empty for none."),
                plain(at + "password-file", new ValueKind.Text(ANY, "a path"), "",
                        "File whose first line is the password."),
                plain(at + "keep-alive", time(Duration.ofSeconds(1), HOUR), "30s",
                        "Ping interval; a half-open connection is noticed within one and a half."),
                plain(at + "connect-deadline", time(Duration.ofMillis(100), Duration.ofMinutes(5)), "15s",
                        "For TCP, TLS and the broker's answer together."),
                plain(at + "publish-deadline", time(Duration.ofMillis(100), Duration.ofMinutes(5)), "10s",
                        "A message not acknowledged for so long ends the connection."),
                plain(at + "backoff-first", time(Duration.ofMillis(1), HOUR), "1s",
                        "Bound of the first wait before connecting again; it doubles, and each wait is drawn below it."),
                plain(at + "backoff-most", time(Duration.ofMillis(1), DAY), "5m",
                        "Bound of the longest wait; taken at once after a refusal."),
                plain(at + "stable-after", time(Duration.ofMillis(1), HOUR), "20s",
                        "A connection that lasted this long resets the wait."),
                plain(at + "connects-per-minute", new ValueKind.Whole(1, 60_000, false), "10",
                        "Most connection attempts in any minute."),
                plain(at + "bytes-per-second", new ValueKind.Size(0, 1024 * GIB, false), "0B",
                        "Most bytes sent a second; 0B is no limit."));
    }
}
