package dev.outpost.runtime.fleet;

import java.time.Duration;

/**
 * How often the agent does what nobody asks for.
 *
 * @param freshnessInterval asks what is newest, besides at each connect
 * @param lookInterval looks after what could not be done
 * @param metricInterval records metrics
 * @param ackTimeout telemetry is sent again after this
 */
public record AgentSettings(Duration freshnessInterval, Duration lookInterval, Duration metricInterval,
        Duration ackTimeout) {}
