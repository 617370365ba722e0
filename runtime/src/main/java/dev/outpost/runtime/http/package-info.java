/**
 * The OpenAI routes, health and metrics over HTTP/1.1 (Helidon SE): wire format only, and the one place where a
 * failure becomes a status code.
 *
 * <p>Not here: what a request means ({@code request}), who may start one ({@code admission}), counters
 * ({@code observe}). Each connection has its own virtual thread; nothing here holds engine memory.
 */
package dev.outpost.runtime.http;
