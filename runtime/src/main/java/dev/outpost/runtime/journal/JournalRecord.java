package dev.outpost.runtime.journal;

/**
 * One record as it was appended.
 *
 * @param boot which run of the writer appended it; with the sequence it names the record for good
 * @param sequence counts up by one per stream, across restarts
 * @param timeMillis wall clock at the append, Unix milliseconds; informative, never an order
 * @param payload owned by the receiver
 */
public record JournalRecord(long boot, long sequence, long timeMillis, byte[] payload) {}
