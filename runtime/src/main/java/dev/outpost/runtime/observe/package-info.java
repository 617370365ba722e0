/**
 * Counters of requests and of the engine as Prometheus text.
 *
 * <p>Names follow OpenTelemetry's {@code gen_ai.server.*} where they exist. Not here: logs, JFR. One registry per
 * {@link dev.outpost.runtime.observe.ApiMetrics}; every method may be called from any thread.
 */
package dev.outpost.runtime.observe;
