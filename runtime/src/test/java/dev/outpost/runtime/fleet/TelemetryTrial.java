package dev.outpost.runtime.fleet;

import dev.outpost.runtime.Programs;
import dev.outpost.runtime.mqtt.FlakyProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One run: a producer that is killed, a link that flaps, a broker that restarts, all at seeded numbers of accepted
 * records. The kills come in the first half, so that the last producer lives long enough to show a leak.
 */
final class TelemetryTrial implements AutoCloseable {

    /** How much of everything. */
    record Counts(int records, int flaps, int restarts, int kills, int perSecond, long capBytes) {}

    /** The broker's two verbs. */
    record Broker(int port, Runnable stop, Runnable start) {

        /** No broker at all. */
        static final Broker NONE = new Broker(0, () -> {}, () -> {});
    }

    private enum What {
        FLAP, RESTART, KILL
    }

    private record Event(int at, What what) {}

    private static final List<String> FLAGS = List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Path spool;
    private final Path notes;
    private final Counts counts;
    private final Broker broker;
    private final Random random;
    private final FlakyProxy proxy;
    private final boolean online;
    private final Thread watch;
    private volatile Process producer;
    private int run;
    private volatile int startedAt;
    private volatile boolean ended;
    private volatile long mostDiskBytes;
    private volatile long baseRss;
    private volatile long mostRssGrowth;

    TelemetryTrial(Path directory, Counts counts, Broker broker, long seed) {
        this.spool = directory.resolve("spool");
        this.notes = directory.resolve("notes");
        this.counts = counts;
        this.broker = broker;
        this.random = new Random(seed);
        this.proxy = new FlakyProxy(broker.port());
        this.online = broker.port() != 0;
        this.watch = Thread.ofPlatform().daemon().name("trial-watch").start(this::watch);
    }

    /** Runs until the producer ended by itself: everything it accepted was acknowledged. */
    void run() {
        startProducer();
        for (var event : events()) {
            Programs.await(120, "records are accepted: expected=" + event.at() + ", found=" + accepted(),
                    () -> accepted() >= event.at());
            act(event.what());
        }
        try {
            if (!producer.waitFor(300, TimeUnit.SECONDS) || producer.exitValue() != 0) {
                throw new AssertionError("the producer did not end in order");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        ended = true;
    }

    /** Records accepted so far, over all runs. */
    int accepted() {
        try {
            return (int) (Files.size(notes) / TelemetryProducer.NOTE_BYTES);
        } catch (NoSuchFileException notYet) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An accepted record: its content and its identity. */
    record Note(int run, int n, RecordClass kind, long sequence) {}

    List<Note> notes() throws IOException {
        var bytes = ByteBuffer.wrap(Files.readAllBytes(notes));
        var all = new ArrayList<Note>();
        while (bytes.remaining() >= TelemetryProducer.NOTE_BYTES) {
            all.add(new Note(bytes.getInt(), bytes.getInt(), RecordClass.values()[bytes.getInt()], bytes.getLong()));
        }
        return all;
    }

    long mostDiskBytes() {
        return mostDiskBytes;
    }

    /** Largest resident set of a producer less what it was after its first thousand records, bytes. */
    long mostRssGrowth() {
        return mostRssGrowth;
    }

    @Override
    public void close() {
        ended = true;
        producer.destroyForcibly();
        proxy.close();
    }

    private List<Event> events() {
        var events = new ArrayList<Event>();
        draw(events, What.FLAP, counts.flaps(), counts.records());
        draw(events, What.RESTART, counts.restarts(), counts.records());
        draw(events, What.KILL, counts.kills(), counts.records() / 2);
        Collections.sort(events, java.util.Comparator.comparingInt(Event::at));
        return events;
    }

    private void draw(List<Event> events, What what, int count, int below) {
        for (int i = 0; i < count; i++) {
            events.add(new Event(random.nextInt(below), what));
        }
    }

    private void act(What what) {
        switch (what) {
            case FLAP -> {
                var faults = List.of(FlakyProxy.Fault.RESET, FlakyProxy.Fault.SILENT, FlakyProxy.Fault.HALF_OPEN);
                proxy.become(faults.get(random.nextInt(faults.size())));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50 + random.nextInt(400)));
                proxy.become(FlakyProxy.Fault.NONE);
            }
            case RESTART -> {
                broker.stop().run();
                broker.start().run();
            }
            case KILL -> {
                producer.destroyForcibly();
                Programs.await(10, "the producer is gone", () -> !producer.isAlive());
                startProducer();
            }
        }
    }

    private void startProducer() {
        baseRss = 0;
        startedAt = accepted();
        producer = Programs.java(TelemetryProducer.class, FLAGS,
                List.of(spool.toString(), notes.toString(), Integer.toString(online ? proxy.port() : 0),
                        Integer.toString(run++),
                        Integer.toString(accepted()), Integer.toString(counts.records()),
                        Integer.toString(counts.perSecond()), Long.toString(counts.capBytes())));
    }

    private void watch() {
        while (!ended) {
            mostDiskBytes = Math.max(mostDiskBytes, diskBytes());
            var process = producer;
            if (process != null && accepted() >= startedAt + 1_000) {
                long rss = rss(process.pid());
                if (baseRss == 0) {
                    baseRss = rss;
                } else if (rss > 0) {
                    mostRssGrowth = Math.max(mostRssGrowth, rss - baseRss);
                }
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private long diskBytes() {
        try (var files = Files.walk(spool)) {
            return files.mapToLong(file -> file.toString().endsWith(".seg") ? file.toFile().length() : 0).sum();
        } catch (IOException | UncheckedIOException changing) {
            return 0;
        }
    }

    private static long rss(long pid) {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10).findFirst().orElse(0);
        } catch (IOException gone) {
            return 0;
        }
    }
}
