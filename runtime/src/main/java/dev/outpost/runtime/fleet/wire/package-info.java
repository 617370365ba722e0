/**
 * The messages between a device and its fleet as records: bytes to a checked value and back, for both ends.
 *
 * <p>Here: JSON forms with limits, unknown members refused; the signature of a device over its reports. Not here: topics
 * ({@link dev.outpost.runtime.mqtt.TopicPlan}), block chunks, telemetry batches, and the documents that the fleet signs
 * ({@code provisioning}). Every {@code of} throws {@link dev.outpost.provisioning.failure.RefusedException}. Immutable
 * values, any thread.
 */
package dev.outpost.runtime.fleet.wire;
