/**
 * Who owns the state directory, and how others talk to the owner.
 *
 * <p>Here: the lock, the socket beside it with one JSON object a line, and the port by which rooms add a section to the
 * status. Not here: what the operations do. The socket's requests run on threads of their own.
 */
package dev.outpost.runtime.control;
