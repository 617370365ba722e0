package dev.outpost.device;

/** The nearest profile, and why in words for the log. */
public record ProfileMatch(BoardProfile profile, String reason) {}
