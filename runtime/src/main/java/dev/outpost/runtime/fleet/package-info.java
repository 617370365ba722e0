/**
 * What the device says to its fleet and hears from it: telemetry, desired state, reports, commands.
 *
 * <p>Reaches a broker only through {@link dev.outpost.runtime.mqtt.MqttPort}; what may become active is decided in
 * {@code provisioning}. Everything here works, and nothing is lost, while there is no fleet at all.
 */
package dev.outpost.runtime.fleet;
