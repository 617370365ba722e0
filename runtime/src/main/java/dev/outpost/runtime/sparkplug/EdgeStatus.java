package dev.outpost.runtime.sparkplug;

/**
 * A snapshot of an edge node.
 *
 * @param born whether hosts know it now
 * @param births birth sequences said since the start
 * @param server where it is or goes next
 * @param commands commands taken
 * @param dropped commands that came faster than they were taken, or could not be read
 */
public record EdgeStatus(boolean born, long births, SparkplugSettings.Server server, long commands, long dropped) {}
