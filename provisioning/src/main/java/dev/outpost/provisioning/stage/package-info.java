/**
 * Bringing a file's blocks in from anywhere, resumable at every byte.
 *
 * <p>Here: the port {@link dev.outpost.provisioning.stage.Carrier}, and the transfer that drives carriers, checks each block
 * through the store and changes carrier when one fails, lies or crawls. Not here: any wire; adapters live in
 * {@code runtime}. A transfer runs on the caller's thread; memory is one block and what the carrier holds.
 */
package dev.outpost.provisioning.stage;
