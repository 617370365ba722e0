/**
 * How signed files come to a device: four adapters to provisioning's {@link dev.outpost.provisioning.stage.Carrier}, and
 * the halves that answer them.
 *
 * <p>Here: MQTT pull, HTTPS byte ranges, a stick, peers of the site; {@code ChunkService} for the fleet's side of MQTT and
 * {@code PeerShare} for a device that gives. Not here: what is trusted (blocks are checked by digest in
 * {@code provisioning}), and HTTP's answering side ({@code http.blocks}). A carrier is used by one thread, which it blocks
 * up to deadlines of its own, and holds at most 2 MiB beside its window.
 */
package dev.outpost.runtime.fleet.carrier;
