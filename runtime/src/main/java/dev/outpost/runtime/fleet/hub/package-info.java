/**
 * The manager's side of a fleet: keys, certificates, releases, rollouts, and the database that commands and hub share.
 *
 * <p>Here: everything behind {@code outpost fleet}. Not here: what a device does with it ({@code provisioning} decides,
 * {@link dev.outpost.runtime.fleet} carries) and words on a terminal ({@code cli}). Nothing of this room is loaded by a
 * serving device. Private keys are read when they sign and are never printed.
 */
package dev.outpost.runtime.fleet.hub;
