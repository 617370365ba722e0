/**
 * The root: {@code Main} starts the command line, {@code Wiring} joins the rooms.
 *
 * <p>{@code Wiring} reads top to bottom: config, device, engine, server, ready. Only it and {@code cli} see every room.
 */
package dev.outpost.runtime;
