/**
 * The door of the engine: open a GGUF file, ask for tokens, close.
 *
 * <p>Here: {@link dev.outpost.engine.Engine} and its options. Not here: HTTP, MQTT, devices, fleets.
 */
package dev.outpost.engine;
