package dev.outpost.runtime.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * One stream of records on disk. An append has happened when it returns: a killed process loses nothing. It survives
 * a power cut once {@link #sync()} returned.
 *
 * <p>Protocol: a segment is created, its head synced, its directory synced, and only then written to; it is synced
 * before the next one is created, so only the last segment can have a torn tail. Opening reads the heads, scans that
 * one segment and cuts it at the first frame that is not intact.
 */
public final class SegmentLog implements AutoCloseable {

    private final JournalFiles files;
    private final JournalSettings settings;
    private final long boot;
    private final InstantSource clock;
    private final AckCursor cursor;
    /** In order of sequence; the last one is written to if it is of this boot. */
    private final List<Segment> segments = new ArrayList<>();
    private final SegmentReader reader;

    private long next;
    private long lostTailBytes;
    private int unsyncedBytes;
    private long unsyncedSince;
    private Optional<JournalException> broken = Optional.empty();

    /**
     * Opens or creates a log.
     *
     * @param boot names this run of the writer, different for each
     */
    public static SegmentLog open(Path directory, JournalSettings settings, long boot, InstantSource clock) {
        try {
            return new SegmentLog(new DiskJournalFiles(directory), settings, boot, clock);
        } catch (IOException e) {
            throw new JournalException("log cannot be opened: directory=" + directory.getFileName(), e);
        }
    }

    SegmentLog(JournalFiles files, JournalSettings settings, long boot, InstantSource clock) throws IOException {
        this.files = files;
        this.settings = settings;
        this.boot = boot;
        this.clock = clock;
        this.cursor = new AckCursor(files);
        this.reader = new SegmentReader(files);
        recover();
    }

    /**
     * Appends one record.
     *
     * @param payload at most 1 MiB
     * @return its sequence
     * @throws JournalException if it could not be written whole; nothing of it stays
     */
    public synchronized long append(byte[] payload) {
        if (payload.length > RecordFrame.MOST_PAYLOAD) {
            throw new JournalException("record is too large: expected <= " + RecordFrame.MOST_PAYLOAD
                    + " bytes, found=" + payload.length);
        }
        requireWritable();
        try {
            var frame = RecordFrame.write(next, clock.millis(), payload);
            var segment = writable(frame.limit());
            write(segment, frame);
            noteUnsynced(frame.limit());
            return next++;
        } catch (IOException e) {
            throw new JournalException("record could not be written: sequence=" + next, e);
        }
    }

    /** Makes everything appended so far survive a power cut. A failed sync is final: the log is read-only from then. */
    public synchronized void sync() {
        requireWritable();
        if (unsyncedBytes == 0) {
            return;
        }
        try {
            files.sync(segments.getLast().name());
            unsyncedBytes = 0;
        } catch (IOException e) {
            throw breakDown("sync failed, log is read-only until it is opened again", e);
        }
    }

    /** The group commit: syncs if the oldest unsynced record is old enough. To be called every few milliseconds. */
    public synchronized void syncIfDue() {
        if (broken.isEmpty() && unsyncedBytes > 0 && clock.millis() - unsyncedSince >= settings.groupMillis()) {
            sync();
        }
    }

    /**
     * Records from {@code from} on, in order, at least one if there is one.
     *
     * @param mostBytes bound on the payload bytes returned, save that one record is always returned whole
     */
    public synchronized List<JournalRecord> read(long from, int mostBytes) {
        try {
            return reader.read(segments, Math.max(from, first()), mostBytes);
        } catch (IOException e) {
            throw new JournalException("records could not be read: from=" + from, e);
        }
    }

    /** Frees whole segments of which every record is acknowledged. Going back is ignored. */
    public synchronized void acknowledge(long upTo) {
        if (upTo <= cursor.acknowledged() || upTo >= next) {
            return;
        }
        requireWritable();
        try {
            cursor.write(upTo, next);
            removeAcknowledged();
        } catch (IOException e) {
            throw breakDown("acknowledgement could not be kept: upTo=" + upTo, e);
        }
    }

    /** Gives up the oldest segment to free space, but never the one being written. */
    public synchronized Optional<Gap> dropOldest() {
        if (segments.size() < 2) {
            return Optional.empty();
        }
        requireWritable();
        try {
            var gap = new Gap(Math.max(first(), cursor.acknowledged() + 1), last(0));
            remove();
            files.syncDirectory();
            return gap.from() > gap.to() ? dropOldest() : Optional.of(gap);
        } catch (IOException e) {
            throw breakDown("oldest segment could not be dropped", e);
        }
    }

    /** Sequence of the oldest record kept; equals {@link #next()} where there is none. */
    public synchronized long first() {
        return segments.isEmpty() ? next : segments.getFirst().first();
    }

    /** Sequence the next record will get. */
    public synchronized long next() {
        return next;
    }

    /** Highest acknowledged sequence, -1 before the first. */
    public synchronized long acknowledged() {
        return cursor.acknowledged();
    }

    /** Bytes on disk. */
    public synchronized long bytes() {
        return segments.stream().mapToLong(Segment::bytes).sum();
    }

    /** Bytes cut from the tail when the log was opened: what a power cut left torn. */
    public synchronized long lostTailBytes() {
        return lostTailBytes;
    }

    /** Syncs what can be synced. */
    @Override
    public synchronized void close() {
        try {
            if (broken.isEmpty()) {
                sync();
            }
        } finally {
            broken = Optional.of(new JournalException("log is closed"));
            if (files instanceof DiskJournalFiles disk) {
                closeQuietly(disk);
            }
        }
    }

    private static void closeQuietly(DiskJournalFiles disk) {
        try {
            disk.close();
        } catch (IOException ignored) {
            // everything worth keeping was synced before
        }
    }

    private void recover() throws IOException {
        for (String name : files.names()) {
            if (name.endsWith(Segment.SUFFIX)) {
                recover(name);
            }
        }
        next = cursor.next();
        if (!segments.isEmpty()) {
            cutTail();
        }
        removeAcknowledged();
    }

    private void recover(String name) throws IOException {
        OptionalLong writer = Segment.boot(files, name);
        if (writer.isPresent()) {
            segments.add(new Segment(name, writer.getAsLong(), Segment.first(name), files.size(name)));
        } else {
            lostTailBytes += files.size(name);
            files.delete(name);
        }
    }

    private void cutTail() throws IOException {
        var last = segments.removeLast();
        var bytes = ByteBuffer.allocate(Math.toIntExact(last.bytes())).order(ByteOrder.LITTLE_ENDIAN);
        files.read(last.name(), 0, bytes);
        bytes.flip();
        int at = Segment.HEAD;
        long sequence = last.first();
        for (int frame; (frame = RecordFrame.intact(bytes, at, sequence)) > 0; at += frame) {
            sequence++;
        }
        lostTailBytes += last.bytes() - at;
        if (at == Segment.HEAD) {
            files.delete(last.name());
        } else {
            if (at < last.bytes()) {
                files.truncate(last.name(), at);
                files.sync(last.name());
            }
            segments.add(new Segment(last.name(), last.boot(), last.first(), at));
        }
        next = Math.max(next, sequence);
    }

    /** The segment to append to; closes a full one, opens a new one. */
    private Segment writable(int frame) throws IOException {
        if (!segments.isEmpty()) {
            var last = segments.getLast();
            if (last.boot() == boot && last.bytes() + frame <= settings.segmentBytes()) {
                return last;
            }
            sync();
        }
        var fresh = new Segment(Segment.name(next), boot, next, Segment.HEAD);
        files.create(fresh.name());
        files.append(fresh.name(), Segment.head(boot, next));
        files.sync(fresh.name());
        files.syncDirectory();
        segments.add(fresh);
        return fresh;
    }

    private void write(Segment segment, ByteBuffer frame) throws IOException {
        int length = frame.limit();
        try {
            files.append(segment.name(), frame);
        } catch (IOException e) {
            undo(segment, e);
            throw e;
        }
        segments.set(segments.size() - 1, segment.grown(length));
    }

    /** Takes a half-written frame back, so that what follows is readable; if even that fails the log is done. */
    private void undo(Segment segment, IOException cause) {
        try {
            files.truncate(segment.name(), segment.bytes());
        } catch (IOException e) {
            cause.addSuppressed(e);
            breakDown("half a record could not be taken back, log is read-only until it is opened again", cause);
        }
    }

    private void noteUnsynced(int bytes) {
        if (unsyncedBytes == 0) {
            unsyncedSince = clock.millis();
        }
        unsyncedBytes += bytes;
        if (unsyncedBytes >= settings.groupBytes()) {
            sync();
        }
    }

    /** Last sequence of a segment: one before the next one's first, or before the next append. */
    private long last(int index) {
        return (index + 1 < segments.size() ? segments.get(index + 1).first() : next) - 1;
    }

    /** Also at the start: unlinking is not ordered, so a cut can bring an older segment back without a younger one. */
    private void removeAcknowledged() throws IOException {
        while (!segments.isEmpty() && last(0) <= cursor.acknowledged()) {
            remove();
        }
    }

    private void remove() throws IOException {
        var gone = segments.removeFirst();
        if (segments.isEmpty()) {
            unsyncedBytes = 0;
        }
        files.delete(gone.name());
    }

    private void requireWritable() {
        if (broken.isPresent()) {
            throw broken.get();
        }
    }

    private JournalException breakDown(String reason, IOException cause) {
        var failure = new JournalException(reason, cause);
        broken = Optional.of(failure);
        return failure;
    }

    /** Sequences that were given up, both inclusive. */
    public record Gap(long from, long to) {}
}
