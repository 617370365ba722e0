/**
 * How a device comes by its certificate and what it does with it: the ways a request travels, the proof by a real
 * connection, renewal, and TLS for every link.
 *
 * <p>Here: adapters to {@link dev.outpost.provisioning.identity.EnrolmentChannel}, and the one thread that enrols and
 * renews. Not here: what a claim or a request is ({@code provisioning}), and who answers ({@code fleet.hub}). No wall
 * clock is read: certificates expire by the trusted time floor.
 */
package dev.outpost.runtime.fleet.enrol;
