package dev.outpost.engine;

/** Scheduling class; a lower ordinal runs first. */
public enum RequestClass {
    ALARM, NORMAL, BATCH
}
