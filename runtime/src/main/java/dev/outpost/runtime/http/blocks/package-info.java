/**
 * The listener that gives files and documents by digest, in byte ranges, and carries certificate requests (EST).
 *
 * <p>Used by the fleet's hub for its devices and by a device for its peers. What is served comes from provisioning's
 * {@link dev.outpost.provisioning.store.BlockSourceBook}; who may ask is decided by TLS; who gets a certificate by the port
 * {@code Enrolment}. Connections are bounded and under deadlines.
 */
package dev.outpost.runtime.http.blocks;
