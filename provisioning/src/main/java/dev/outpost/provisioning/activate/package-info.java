/**
 * Which model serves: two slots, one atomic switch, the last good one kept.
 *
 * <p>Here: the pointer and what it says at start, the rollback with its deadline, and the ports by which {@code runtime}
 * loads and serves. Not here: whether a model is good ({@code gate}), and where its file came from. Single thread.
 */
package dev.outpost.provisioning.activate;
