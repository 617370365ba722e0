/**
 * Life of the process: readiness, the watchdog's ping, an orderly stop.
 *
 * <p>{@code SystemdNotify} is the one class outside the engine that calls C: the JDK has no Unix datagram socket.
 */
package dev.outpost.runtime.supervise;
