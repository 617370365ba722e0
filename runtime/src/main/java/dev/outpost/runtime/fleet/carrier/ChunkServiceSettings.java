package dev.outpost.runtime.fleet.carrier;

import dev.outpost.runtime.mqtt.TopicPlan;
import java.time.Duration;

/**
 * How chunk requests are answered.
 *
 * @param filter topics of the requests; {@code $share/hub/…} divides them among several hubs
 * @param bytesPerSecond most bytes sent a second, all devices together; 0 = no limit
 * @param devicesAtOnce most devices with requests waiting; further ones ask again
 * @param bytesPerDevice most bytes that may wait for one device
 * @param lifetime a request older than this is forgotten
 * @param openFiles files kept open between requests
 */
public record ChunkServiceSettings(String filter, long bytesPerSecond, int devicesAtOnce, long bytesPerDevice,
        Duration lifetime, int openFiles) {
    /** Every device of every site, no limit, 4,096 devices, 2 MiB each, 30 s, 16 files. */
    public static final ChunkServiceSettings STANDARD = new ChunkServiceSettings(TopicPlan.any("xfer/+/req"), 0, 4_096,
            2 << 20, Duration.ofSeconds(30), 16);

    /** The same for another topic filter. */
    public ChunkServiceSettings withFilter(String other) {
        return new ChunkServiceSettings(other, bytesPerSecond, devicesAtOnce, bytesPerDevice, lifetime, openFiles);
    }

    /** The same, throttled. */
    public ChunkServiceSettings withBytesPerSecond(long rate) {
        return new ChunkServiceSettings(filter, rate, devicesAtOnce, bytesPerDevice, lifetime, openFiles);
    }

    /** The same with other bounds. */
    public ChunkServiceSettings withBounds(int devices, long bytes, Duration age) {
        return new ChunkServiceSettings(filter, bytesPerSecond, devices, bytes, age, openFiles);
    }
}
