package dev.outpost.runtime.mqtt;

import java.time.Duration;

/**
 * How often a link tries to connect.
 *
 * @param first bound of the first wait; doubles with each failure
 * @param most bound of the longest wait; taken at once after a refusal, a ban or a takeover
 * @param stable a connection that lasted this long resets the backoff
 * @param connectsPerMinute most attempts in any minute
 */
public record PaceSettings(Duration first, Duration most, Duration stable, int connectsPerMinute) {

    public static final PaceSettings DEFAULT = new PaceSettings(Duration.ofSeconds(1), Duration.ofMinutes(5),
            Duration.ofSeconds(20), 10);
}
