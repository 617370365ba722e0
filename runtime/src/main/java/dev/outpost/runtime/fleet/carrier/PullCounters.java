package dev.outpost.runtime.fleet.carrier;

/**
 * What a device has pulled over MQTT since it started.
 *
 * @param requests requests sent
 * @param chunks chunks used
 * @param bytes bytes of content used
 * @param unwanted chunks that came though nobody waited for them
 * @param lost chunks asked for again
 * @param late chunks of a session that was over
 * @param damaged chunks with a wrong checksum
 * @param sessions calls and reconnects
 */
public record PullCounters(long requests, long chunks, long bytes, long unwanted, long lost, long late, long damaged,
        long sessions) {
    static final PullCounters NONE = new PullCounters(0, 0, 0, 0, 0, 0, 0, 0);

    PullCounters requested() {
        return new PullCounters(requests + 1, chunks, bytes, unwanted, lost, late, damaged, sessions);
    }

    PullCounters used(int length) {
        return new PullCounters(requests, chunks + 1, bytes + length, unwanted, lost, late, damaged, sessions);
    }

    PullCounters notWanted() {
        return new PullCounters(requests, chunks, bytes, unwanted + 1, lost, late, damaged, sessions);
    }

    PullCounters lost(int more) {
        return new PullCounters(requests, chunks, bytes, unwanted, lost + more, late, damaged, sessions);
    }

    PullCounters session() {
        return new PullCounters(requests, chunks, bytes, unwanted, lost, late, damaged, sessions + 1);
    }

    PullCounters dropped(long lateNow, long damagedNow) {
        return new PullCounters(requests, chunks, bytes, unwanted, lost, lateNow, damagedNow, sessions);
    }
}
