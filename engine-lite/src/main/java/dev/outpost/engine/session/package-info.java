/**
 * One request from tokens to events: sampling, text, stop texts, log-probabilities, counts and times.
 *
 * <p>Here: {@link dev.outpost.engine.session.Sessions}, which the engine's door delegates to, and the kinds of sequence
 * it starts. Not here: which rows run together. A session's state belongs to the scheduler's thread; its events cross
 * to one consumer through a queue that no consumer can block. All memory is on the heap.
 */
package dev.outpost.engine.session;
