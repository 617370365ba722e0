package dev.outpost.runtime.fleet.hub.database;

import dev.outpost.provisioning.manifest.Addressee;
import java.time.Instant;

/**
 * A rollout under way or ended.
 *
 * @param id names it
 * @param state the plan's own word
 * @param plan the plan's own JSON
 */
public record RolloutRow(String id, Addressee addressee, String line, long counter, String state, String plan,
        Instant changed) {}
