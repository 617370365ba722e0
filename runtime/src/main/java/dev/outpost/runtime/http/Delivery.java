package dev.outpost.runtime.http;

/**
 * How an answer is to be written.
 *
 * @param stream as server-sent events
 * @param includeUsage a last chunk with token counts
 * @param echo the prompt's text before the answer (completions only)
 */
record Delivery(boolean stream, boolean includeUsage, boolean echo) {}
