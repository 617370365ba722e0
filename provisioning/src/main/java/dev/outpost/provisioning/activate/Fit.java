package dev.outpost.provisioning.activate;

/** How a new model fits the memory budget. */
public enum Fit {
    /** Beside the serving one: the old model serves until the new one has passed its gate. */
    BESIDE,
    /** Only alone: the old model drains and unloads first. */
    ALONE,
    /** Not even alone. */
    NEVER
}
