/**
 * Brokers as named links behind one port.
 *
 * <p>Eclipse Paho is used as a dumb pipe: a fresh client for each connection, nothing persisted, no automatic
 * reconnect, QoS at most 1. The sockets are ours ({@code BrokerSocket}), because that is where Paho's faults can be
 * cured; when to connect is ours ({@code BrokerLink}), because its own reconnect loops. Nothing is queued here: what
 * must arrive lives in a journal and is sent again until somebody acknowledged it above MQTT.
 */
package dev.outpost.runtime.mqtt;
