package dev.outpost.provisioning;

/**
 * What acting in a state brought.
 *
 * @param event what happened
 * @param entry what is known now
 */
record UpdateStep(UpdateEvent event, UpdateEntry entry) {}
