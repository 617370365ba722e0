package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.journal.JournalSettings;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.PaceSettings;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * A device in a virtual machine of its own, to be killed: it accepts records into the spool, notes each one after it
 * was accepted, and sends them. Ends by itself once the fleet acknowledged all.
 */
final class TelemetryProducer {

    /** {@code run u32, n u32, class u32, sequence u64}. */
    static final int NOTE_BYTES = 20;
    static final SpoolSettings SPOOL = new SpoolSettings(64 << 20, 0.2, new JournalSettings(64 << 10, 16 << 10, 50));

    private TelemetryProducer() {}

    /** @param arguments spool, notes, port of the broker or 0, run, from, to, records per second, cap in bytes */
    public static void main(String[] arguments) throws IOException {
        int port = Integer.parseInt(arguments[2]);
        int run = Integer.parseInt(arguments[3]);
        var settings = new SpoolSettings(Long.parseLong(arguments[7]), SPOOL.alarmShare(), SPOOL.journal());
        try (var notes = FileChannel.open(Path.of(arguments[1]), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                var spool = TelemetrySpool.open(Path.of(arguments[0]), settings, run + 1, InstantSource.system());
                var gateway = new MqttGateway(port == 0 ? List.of() : List.of(link(port, "device")),
                        RandomGenerator.of("L64X128MixRandom"))) {
            var uplink = gateway.link("fleet").map(link -> new TelemetryUplink(spool, link,
                    new TopicPlan("site", "device"), Duration.ofSeconds(1)));
            gateway.start();
            produce(spool, notes, run, Integer.parseInt(arguments[4]), Integer.parseInt(arguments[5]),
                    Integer.parseInt(arguments[6]));
            while (port != 0 && spool.backlog().values().stream().anyMatch(stream -> stream.waiting() > 0)) {
                LockSupport.parkNanos(20_000_000);
            }
            uplink.ifPresent(TelemetryUplink::close);
        }
    }

    /** Link settings of the trials: as shipped, but impatient. */
    static LinkSettings link(int port, String client) {
        return LinkSettings.of("fleet", "127.0.0.1", port, client)
                .withPace(new PaceSettings(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(1),
                        100_000))
                .withDeadlines(Duration.ofSeconds(1), Duration.ofMillis(800), Duration.ofMillis(800));
    }

    private static void produce(TelemetrySpool spool, FileChannel notes, int run, int from, int to, int perSecond)
            throws IOException {
        long start = System.nanoTime();
        var note = ByteBuffer.allocate(NOTE_BYTES);
        for (int n = from; n < to; n++) {
            long due = start + (n - from) * 1_000_000_000L / perSecond;
            for (long left; (left = due - System.nanoTime()) > 0;) {
                LockSupport.parkNanos(left);
            }
            var kind = kind(n);
            var record = new JsonObject(new TreeMap<>()).with("kind", "trial").with("run", run).with("n", n)
                    .with("text", "a record of the usual size, with a reading and its unit: 21.5 degrees");
            long sequence = spool.accept(kind, record);
            note.clear().putInt(run).putInt(n).putInt(kind.ordinal()).putLong(sequence).flip();
            notes.write(note);
        }
    }

    private static RecordClass kind(int n) {
        if (n % 50 == 0) {
            return RecordClass.ALARM;
        }
        if (n % 7 == 0) {
            return RecordClass.EVENT;
        }
        return n % 3 == 0 ? RecordClass.LOG : RecordClass.METRIC;
    }
}
