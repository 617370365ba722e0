package dev.outpost.runtime.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a hub shall run.
 *
 * @param directory of the fleet
 * @param database JDBC address instead of the fleet's own
 * @param link broker's address instead of the fleet's own
 * @param rangePort where files and enrolment are offered by HTTPS; empty for nowhere
 * @param rangeHost address that port is bound to
 * @param retention age at which telemetry is deleted; empty keeps it
 * @param sendRate most bytes of files sent over MQTT in a second; 0 is no limit
 */
public record HubOptions(Path directory, Optional<String> database, Optional<String> link, OptionalInt rangePort,
        String rangeHost, Optional<Duration> retention, long sendRate, String logLevel) {}
