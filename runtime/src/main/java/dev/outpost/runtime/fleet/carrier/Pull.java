package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.stage.RateLimit;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Kind;
import dev.outpost.runtime.fleet.carrier.ChunkRequest.Range;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One fetch over MQTT: asks for pieces as the window allows, puts what comes in order, asks again for what does not come.
 * Lives for one call; the calling thread alone.
 */
final class Pull {
    private static final Duration EXPIRY = Duration.ofSeconds(30);
    private static final long TICK = Duration.ofMillis(50).toNanos();
    /** Most chunks on the way: short, scattered blocks fill the window by number, not by bytes. */
    private static final int MOST_FLYING = 256;
    /** Bytes a chunk costs beside its content: packet, topic, header. */
    private static final int CHUNK_OVERHEAD = 110;
    /** So much on the link's socket counts as a sign of life, though the chunk it belongs to is not whole yet. */
    private static final int SIGN_OF_LIFE = 1 << 10;

    /** Takes bytes in order. */
    interface Taker {
        /** Where the next byte belongs. */
        long position();

        boolean done();

        /** Returns false to stop. */
        boolean take(ByteBuffer content);
    }

    /** What is fetched. */
    record Job(Kind kind, ContentDigest digest, PullPlan plan, Taker taker, Optional<RateLimit> rate) {}

    private final MqttPort link;
    private final TopicPlan topics;
    private final MqttCarrierSettings settings;
    private final PullSession session;
    private final ChunkInbox inbox;
    private final Job job;
    private final PullPlan plan;
    private final Flights flights = new Flights();
    private final TreeMap<Long, ByteBuffer> early = new TreeMap<>();
    private long earlyBytes;
    private Optional<Piece> held = Optional.empty();
    private long heldUntil;
    private long requests;
    private long answered;
    private LinkStatus status;
    private long connectedAt = System.nanoTime();
    private long lastProgressAt = connectedAt;
    private long lastSignAt = connectedAt;
    private long signBytes;

    Pull(MqttPort link, TopicPlan topics, MqttCarrierSettings settings, PullSession session, ChunkInbox inbox,
            Job job) {
        this.link = link;
        this.topics = topics;
        this.settings = settings;
        this.session = session;
        this.inbox = inbox;
        this.job = job;
        this.plan = job.plan();
        this.status = link.status();
    }

    /** Returns when all was taken, or the taker said stop. */
    void run() throws CarrierFailedException {
        try {
            begin();
            boolean more = !job.taker().done();
            while (more) {
                watchLink();
                request();
                var chunk = inbox.poll(patience());
                if (chunk.isEmpty()) {
                    watchSilence();
                } else {
                    more = arrived(chunk.get());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CarrierFailedException("interrupted", e);
        } finally {
            inbox.close();
            session.count(session.counters().dropped(inbox.late(), inbox.damaged()));
        }
    }

    private void begin() {
        session.next(job.digest());
        inbox.expect(session.transfer(), session.epoch());
    }

    private long patience() {
        long left = heldUntil - System.nanoTime();
        return held.isPresent() && left > 0 ? Math.min(left, TICK) : TICK;
    }

    private void watchLink() throws CarrierFailedException, InterruptedException {
        var now = link.status();
        boolean connected = now.state() == LinkStatus.State.CONNECTED;
        if (connected && now.connects() != status.connects()) {
            reconnected();
        }
        if (connected) {
            status = now;
            connectedAt = System.nanoTime();
        } else if (System.nanoTime() - connectedAt > settings.offlinePatience().toNanos()) {
            throw new CarrierFailedException("link is not connected", null);
        }
    }

    /** What came before the break still counts; what was on the way is lost; the rest of it would be late. */
    private void reconnected() throws CarrierFailedException, InterruptedException {
        for (var chunk = inbox.poll(0); chunk.isPresent(); chunk = inbox.poll(0)) {
            if (!arrived(chunk.get())) {
                return;
            }
        }
        begin();
        session.cut();
        giveUp(flights.clear());
        lastSignAt = System.nanoTime();
    }

    private void watchSilence() throws CarrierFailedException {
        long now = System.nanoTime();
        long bytesIn = link.status().bytesIn();
        if (bytesIn - signBytes >= SIGN_OF_LIFE) {
            signBytes = bytesIn;
            lastSignAt = now;
            lastProgressAt = now;
        }
        if (now - lastProgressAt > settings.silencePatience().toNanos()) {
            throw new CarrierFailedException("nothing comes: seconds=" + settings.silencePatience().toSeconds(), null);
        }
        if (flights.size() > 0 && now - lastSignAt > session.window().timeoutNanos()) {
            session.window().silent(requests);
            giveUp(flights.clear());
            lastSignAt = now;
        }
    }

    private void giveUp(List<Piece> pieces) {
        pieces.forEach(plan::lost);
        session.count(session.counters().lost(pieces.size()));
    }

    private void request() throws CarrierFailedException {
        if (status.state() != LinkStatus.State.CONNECTED) {
            return;
        }
        int chunk = chunkBytes();
        long most = settings.telemetryPending().getAsBoolean() ? chunk : session.window().bytes();
        boolean idle = flights.size() == 0;
        boolean halfEmpty = flights.bytes() + earlyBytes <= most / 2 && flights.size() <= MOST_FLYING / 2;
        if (!idle && !halfEmpty && !limited()) {
            return;
        }
        var pieces = new ArrayList<Piece>();
        long used = flights.bytes() + earlyBytes;
        for (var next = next(chunk); next.isPresent(); next = next(chunk)) {
            var piece = next.get();
            boolean fits = used + piece.length() <= most && flights.size() + pieces.size() < MOST_FLYING
                    && pieces.size() < mostRanges();
            if (!fits && !(idle && pieces.isEmpty()) || System.nanoTime() < heldUntil) {
                held = next;
                break;
            }
            held = Optional.empty();
            pieces.add(piece);
            used += piece.length();
        }
        if (!pieces.isEmpty()) {
            send(pieces, chunk);
        }
    }

    /** The piece that waits for its turn, or a new one that has just been charged to the rate limit. */
    private Optional<Piece> next(int chunk) {
        if (held.isPresent()) {
            return held;
        }
        var piece = plan.next(chunk);
        heldUntil = System.nanoTime();
        if (piece.isPresent() && job.rate().isPresent()) {
            heldUntil += job.rate().get().take(piece.get().length() + CHUNK_OVERHEAD).toNanos();
        }
        return piece;
    }

    private boolean limited() {
        return job.rate().map(rate -> rate.bytesPerSecond() > 0).orElse(false);
    }

    private void send(List<Piece> pieces, int chunk) {
        var message = new ChunkRequest(session.transfer(), Integer.toUnsignedLong(session.epoch()), job.kind(),
                job.digest(), chunk, ranges(pieces, chunk));
        long now = System.nanoTime();
        if (flights.size() == 0) {
            lastSignAt = now;
        }
        requests++;
        for (int i = 0; i < pieces.size(); i++) {
            flights.add(new Flights.Flight(pieces.get(i), requests, i, now));
        }
        session.count(session.counters().requested());
        String topic = topics.own("xfer/" + job.digest().brief() + "/req");
        // Its failure shows as silence, or as a link that broke.
        link.publish(MqttOutgoing.of(topic, message.encode(), 1, false).expiringIn(EXPIRY));
    }

    /** Pieces that follow each other are one range, as long as the other side cuts it into the same pieces again. */
    private static List<Range> ranges(List<Piece> pieces, int chunk) {
        var ranges = new ArrayList<Range>();
        Piece last = pieces.getFirst();
        var open = new Range(last.block(), last.offset(), last.length());
        for (var piece : pieces.subList(1, pieces.size())) {
            boolean joins = last.end() == piece.position() && last.length() == chunk
                    && open.length() + piece.length() <= ChunkRequest.MOST_LENGTH;
            if (joins) {
                open = new Range(open.block(), open.offset(), open.length() + piece.length());
            } else {
                ranges.add(open);
                open = new Range(piece.block(), piece.offset(), piece.length());
            }
            last = piece;
        }
        ranges.add(open);
        return ranges;
    }

    private boolean arrived(ChunkFrame chunk) throws CarrierFailedException {
        long now = System.nanoTime();
        lastProgressAt = now;
        lastSignAt = now;
        if ((chunk.flags() & ChunkFrame.ABSENT) != 0) {
            throw new CarrierFailedException("the other side does not have it: digest=" + job.digest().hex(), null);
        }
        var piece = plan.piece(chunk);
        var flight = piece.flatMap(flights::land);
        boolean wanted = flight.isPresent() || piece.filter(plan::found).isPresent();
        if (!wanted) {
            session.count(session.counters().notWanted());
            return true;
        }
        session.used(chunk.content().remaining());
        session.window().arrived(chunk.content().remaining());
        flight.ifPresent(landed -> {
            if (landed.request() > answered) {
                answered = landed.request();
                session.window().measured(now - landed.sentAt());
            }
            var passedOver = flights.passedOver(landed);
            if (!passedOver.isEmpty()) {
                session.window().lost(requests);
                giveUp(passedOver);
            }
        });
        early.put(piece.get().position(), chunk.content());
        earlyBytes += chunk.content().remaining();
        return deliver();
    }

    private boolean deliver() {
        while (!job.taker().done()) {
            var content = early.remove(job.taker().position());
            if (content == null) {
                return true;
            }
            earlyBytes -= content.remaining();
            if (!job.taker().take(content)) {
                return false;
            }
        }
        return false;
    }

    private int chunkBytes() {
        long packet = status.maximumPacket();
        int most = settings.chunkBytes();
        if (packet > 0 && packet < 256 << 10) {
            most = Math.min(most, 64 << 10);
            while (most > ChunkRequest.LEAST_CHUNK && most + 2L * CHUNK_OVERHEAD > packet) {
                most /= 2;
            }
        }
        int chunk = session.chunkBytes(most);
        long rate = job.rate().map(RateLimit::bytesPerSecond).orElse(0L);
        // Twenty chunks a second at least, so that the limit holds over short times too.
        return rate == 0 ? chunk : (int) Math.min(chunk, Math.max(4 << 10, rate / 20));
    }

    private int mostRanges() {
        long packet = status.maximumPacket();
        return packet == 0 ? MOST_FLYING : Math.clamp((packet - 400) / 30, 1, MOST_FLYING);
    }
}
