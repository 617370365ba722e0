package dev.outpost.provisioning.gate;

/**
 * What the gate found.
 *
 * @param passed whether the model may serve
 * @param right questions answered as expected, in time
 * @param asked questions asked
 * @param detail the first failure; never an answer's text
 */
public record GateVerdict(boolean passed, int right, int asked, String detail) {}
