package dev.outpost.runtime.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code outpost fleet hub}: the long-running other end of a fleet, until it is asked to stop. */
@Command(name = "hub", description = "Run the fleet's hub: publish, answer, issue, acknowledge and store.")
final class FleetHubCommand implements Callable<Integer> {

    private final Rooms rooms;

    @Option(names = {"-d",
            "--dir"}, paramLabel = "DIR", defaultValue = ".", description = "The fleet's directory (default: here).")
    private Path directory;

    @Option(names = "--database", paramLabel = "URL", description = "JDBC address instead of the one of fleet.json.")
    private String database;

    @Option(names = "--link", paramLabel = "URL", description = "The broker instead of link `fleet` of fleet.json.")
    private String link;

    @Option(names = "--range-port", paramLabel = "N", description = "Offer files and enrolment by HTTPS here; 0: any.")
    private Integer rangePort;

    @Option(names = "--range-host", paramLabel = "ADDRESS", defaultValue = "0.0.0.0", description = "Bind it to this.")
    private String rangeHost;

    @Option(names = "--keep-days", paramLabel = "N", description = "Delete telemetry after so many days; else never.")
    private Integer keepDays;

    @Option(names = "--send-rate", paramLabel = "BYTES", defaultValue = "0", description = "Bound on MQTT chunks a second.")
    private long sendRate;

    @Option(names = "--log-level", paramLabel = "WORD", defaultValue = "info", description = "error, warn, info, debug.")
    private String logLevel;

    FleetHubCommand(Rooms rooms) {
        this.rooms = rooms;
    }

    @Override
    public Integer call() throws InterruptedException {
        if (keepDays != null && (keepDays < 1 || keepDays > 36_500)) {
            throw new CommandFailure(ExitStatus.USAGE, "days out of range: expected=1..36500, found=" + keepDays,
                    "outpost fleet hub --keep-days N");
        }
        if (rangePort != null && (rangePort < 0 || rangePort > 65_535) || sendRate < 0) {
            throw new CommandFailure(ExitStatus.USAGE, "port or rate out of range: port=" + rangePort + ", rate="
                    + sendRate, "`outpost fleet hub --help` lists what there is");
        }
        if (!List.of("error", "warn", "info", "debug").contains(logLevel)) {
            throw new CommandFailure(ExitStatus.USAGE, "unknown log level: found=" + logLevel,
                    "outpost fleet hub --log-level info");
        }
        return rooms.hub(new HubOptions(directory.toAbsolutePath().normalize(), Optional.ofNullable(database),
                Optional.ofNullable(link),
                rangePort == null ? OptionalInt.empty() : OptionalInt.of(rangePort), rangeHost,
                Optional.ofNullable(keepDays).map(Duration::ofDays), sendRate, logLevel));
    }
}
