/**
 * Who may start a request: bounded per class, a bounded share per client, refused at once when full or draining.
 *
 * <p>Not here: the order in which admitted requests run, which is the engine's scheduler. Nothing waits in this
 * package save {@link dev.outpost.runtime.admission.Admission#awaitIdle}; any thread may call it.
 */
package dev.outpost.runtime.admission;
