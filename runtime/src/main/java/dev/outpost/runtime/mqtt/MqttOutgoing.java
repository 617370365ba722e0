package dev.outpost.runtime.mqtt;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * A message to be published.
 *
 * @param qos 0 or 1
 * @param expiry whole seconds; after it the broker forgets the message
 * @param responseTopic where an answer is wanted
 * @param correlation copied into the answer
 * @param contentType such as {@code application/json}; sets the payload format indicator too
 * @param userProperties names are unique
 */
public record MqttOutgoing(String topic, byte[] payload, int qos, boolean retained, Optional<Duration> expiry,
        Optional<String> responseTopic, Optional<byte[]> correlation, Optional<String> contentType,
        Map<String, String> userProperties) {

    public MqttOutgoing {
        if (qos < 0 || qos > 1) {
            throw new IllegalArgumentException("qos out of range: expected 0..1, found=" + qos);
        }
        userProperties = Map.copyOf(userProperties);
    }

    public static MqttOutgoing of(String topic, byte[] payload, int qos, boolean retained) {
        return new MqttOutgoing(topic, payload, qos, retained, Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Map.of());
    }

    public MqttOutgoing expiringIn(Duration lifetime) {
        return new MqttOutgoing(topic, payload, qos, retained, Optional.of(lifetime), responseTopic, correlation,
                contentType, userProperties);
    }

    public MqttOutgoing answerTo(String topicOfAnswer, byte[] correlationData) {
        return new MqttOutgoing(topic, payload, qos, retained, expiry, Optional.of(topicOfAnswer),
                Optional.of(correlationData), contentType, userProperties);
    }
}
