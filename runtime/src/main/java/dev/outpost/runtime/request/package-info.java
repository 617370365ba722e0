/**
 * A request without its wire: what is asked, and the answer as a stream of events over one or more choices.
 *
 * <p>Not here: HTTP, JSON, status codes. Rendering and tokenising happen on the caller's thread, generation on the
 * engine's; an {@link dev.outpost.runtime.request.Answer} is closed by whoever asked.
 */
package dev.outpost.runtime.request;
