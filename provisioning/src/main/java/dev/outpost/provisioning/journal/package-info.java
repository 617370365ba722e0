/**
 * What the update was about to do when the power went: a small file of its own, written before each state acts.
 *
 * <p>Here: framed entries, appended and synced, the last whole one counts. Not here: what they mean, and the segment log
 * of {@code runtime}. Single thread.
 */
package dev.outpost.provisioning.journal;
