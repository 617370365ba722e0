/**
 * One segment log for everything that must not be lost: telemetry spool, decision records, audit log.
 *
 * <p>Append-only segments of CRC-checked records, a disk cap, and a cursor that frees what was acknowledged. One
 * {@link dev.outpost.runtime.journal.SegmentLog} is one stream; its methods may be called from any thread, they are
 * serialised inside. Threads that write are never interrupted: an interrupt would close the file channel.
 * Not here: what a record means, and who acknowledges it.
 */
package dev.outpost.runtime.journal;
