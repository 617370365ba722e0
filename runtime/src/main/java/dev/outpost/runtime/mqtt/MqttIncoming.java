package dev.outpost.runtime.mqtt;

import java.util.Map;
import java.util.Optional;

/** A message that arrived; hostile until checked. */
public record MqttIncoming(String topic, byte[] payload, int qos, boolean retained, Optional<String> responseTopic,
        Optional<byte[]> correlation, Map<String, String> userProperties) {}
