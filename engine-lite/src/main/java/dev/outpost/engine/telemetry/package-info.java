/**
 * What the engine reports of itself as JDK Flight Recorder events: loads, batches, requests, performance cliffs.
 *
 * <p>Here: the events, and {@link dev.outpost.engine.telemetry.CliffReport}, which tells of each cliff once. Not here:
 * metrics and their names; the runtime reads {@code EngineStatus} for those. Nothing is logged per token and no event
 * holds prompt or answer text. Any thread.
 */
package dev.outpost.engine.telemetry;
