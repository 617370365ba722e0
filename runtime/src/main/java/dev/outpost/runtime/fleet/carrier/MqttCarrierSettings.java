package dev.outpost.runtime.fleet.carrier;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How a device pulls over MQTT.
 *
 * @param chunkBytes chunk asked for; 128 KiB, 64 KiB where the broker's packets are short
 * @param windowChunks most chunks on the way, 1 to 8; it begins with half of them
 * @param firstTimeout silence after which what was asked counts as lost, before anything was measured
 * @param offlinePatience how long a broken link may take to come back before the carrier gives up
 * @param silencePatience how long nothing at all may come before the carrier gives up
 * @param telemetryPending asked before each request; while true one chunk at a time is on the way
 */
public record MqttCarrierSettings(int chunkBytes, int windowChunks, Duration firstTimeout, Duration offlinePatience,
        Duration silencePatience, BooleanSupplier telemetryPending) {
    /** 128 KiB, 8 chunks, 5 s, 15 s offline, 60 s silent, no telemetry beside it. */
    public static final MqttCarrierSettings STANDARD = new MqttCarrierSettings(128 << 10, 8, Duration.ofSeconds(5),
            Duration.ofSeconds(15), Duration.ofSeconds(60), () -> false);

    /** Refuses what the protocol does not know. */
    public MqttCarrierSettings {
        if (chunkBytes < ChunkRequest.LEAST_CHUNK || chunkBytes > ChunkFrame.MOST_BYTES || windowChunks < 1
                || windowChunks > 8) {
            throw new IllegalArgumentException(
                    "chunk settings out of range: chunkBytes=" + chunkBytes + ", windowChunks=" + windowChunks);
        }
    }

    /** The same, giving way to telemetry. */
    public MqttCarrierSettings behindTelemetry(BooleanSupplier pending) {
        return new MqttCarrierSettings(chunkBytes, windowChunks, firstTimeout, offlinePatience, silencePatience,
                pending);
    }

    /** The same with other patience. */
    public MqttCarrierSettings withPatience(Duration timeout, Duration offline, Duration silence) {
        return new MqttCarrierSettings(chunkBytes, windowChunks, timeout, offline, silence, telemetryPending);
    }
}
