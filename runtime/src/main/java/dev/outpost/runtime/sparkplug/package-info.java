/**
 * A Sparkplug B 3.0 edge node on one MQTT link: births, data, deaths, commands, primary host, history.
 *
 * <p>Here: the protocol, the payload codec, and the ports through which metrics, commands and history come. Not here:
 * what the metrics mean (the wiring knows the engine) and the connection itself ({@link dev.outpost.runtime.mqtt}).
 * One thread owns an edge node's state; serving requests never waits for it. Payloads follow the public message
 * definition {@code org.eclipse.tahu.protobuf.Payload}; the codec is ours.
 */
package dev.outpost.runtime.sparkplug;
