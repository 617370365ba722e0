/**
 * Updates of a running process: what arrives in the store becomes the model that answers, or nothing changed.
 *
 * <p>Here: the room whose one thread owns update machine, verifier and store, the adapters to provisioning's ports
 * {@code ModelPreparer} and {@code HealthProbe}, and the schedule of golden questions. Not here: how documents and blocks
 * arrive ({@code fleet}), and requests ({@code http}, reached through the port {@code Serving}).
 */
package dev.outpost.runtime.update;
