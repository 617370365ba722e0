package dev.outpost.runtime.fleet;

import dev.outpost.runtime.journal.JournalSettings;

/**
 * How much the spool may keep.
 *
 * @param capBytes for all classes together; exceeded by at most one segment
 * @param alarmShare part of the cap that only alarms may use, 0 to 1
 * @param journal segment size and group commit of each class
 */
public record SpoolSettings(long capBytes, double alarmShare, JournalSettings journal) {

    /** 256 MiB, a fifth of it for alarms. */
    public static final SpoolSettings DEFAULT = new SpoolSettings(256L << 20, 0.2, JournalSettings.DEFAULT);

    public SpoolSettings {
        if (capBytes < 2L * journal.segmentBytes() || !(alarmShare >= 0 && alarmShare < 1)) {
            throw new IllegalArgumentException("spool settings out of range: expected capBytes >= two segments and"
                    + " alarmShare 0..1, found=" + capBytes + ", " + alarmShare);
        }
    }
}
