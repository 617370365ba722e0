package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.HubCounters.Count;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.hub.database.FleetDatabaseException;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import dev.outpost.runtime.fleet.wire.CommandAck;
import dev.outpost.runtime.fleet.wire.FreshnessRequest;
import dev.outpost.runtime.fleet.wire.Presence;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * The long-running other end of a fleet. All that must last is in the database; a hub holds what the next message may
 * change, so it can be killed at any moment and another can stand beside it. Duties of one hub at a time (rollouts,
 * commands, clones, retention) belong to whoever holds the lease.
 *
 * <p>Three threads: telemetry to the disk, answers to single messages, and the poll.
 */
public final class Hub implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Hub.class.getName());
    private static final int MOST_WAITING = 4_096;
    private static final Duration ANSWER_LIFE = Duration.ofSeconds(60);
    private static final String DUTIES = "duties";
    private static final int DUTY_SHARE = 9;

    private final FleetDatabase database;
    private final MqttPort link;
    private final HubTopics topics;
    private final HubSettings settings;
    private final InstantSource clock;
    private final HubCounters counters = new HubCounters();
    private final String name = String.format("hub-%016x", new SecureRandom().nextLong());
    private final Roster roster;
    private final PresenceWatch presences;
    private final DesiredPublisher publisher;
    private final CommandSender commands;
    private final FreshnessDesk freshness;
    private final EnrolmentDesk enrolment;
    private final ReportDesk reports;
    private final TelemetryIntake telemetry;
    private final List<Runnable> duties;
    private final ThreadPoolExecutor desk = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MOST_WAITING), Thread.ofPlatform().daemon().name("hub-desk").factory());
    private final Thread poll;
    private volatile boolean leads;
    private volatile boolean closed;
    private Instant pruned = Instant.MIN;
    private long complained;
    private long restUntil = System.nanoTime();

    /**
     * Subscribes and works from now on; connecting is the link's own business.
     *
     * @param duties run at each poll by the one hub that holds the lease, such as moving rollouts on
     */
    public Hub(FleetDirectory directory, FleetKeys keys, FleetDatabase database, MqttPort link, HubSettings settings,
            List<Runnable> duties, InstantSource clock) {
        this.database = database;
        this.link = link;
        this.topics = new HubTopics(directory.settings().site());
        this.settings = settings;
        this.clock = clock;
        this.duties = List.copyOf(duties);
        var authority = CertificateAuthority.open(directory);
        roster = new Roster(database.devices());
        roster.refresh();
        presences = new PresenceWatch(database.devices(), clock, settings.debounce());
        publisher = new DesiredPublisher(database.desired(), link, topics, counters);
        commands = new CommandSender(database.commands(), link, topics, presences, counters, clock, settings.resend());
        freshness = new FreshnessDesk(directory, keys, database, clock);
        enrolment = new EnrolmentDesk(authority, directory.settings().site(), database, clock);
        reports = new ReportDesk(directory.settings().site(), List.of(authority.pin()), database, clock);
        telemetry = new TelemetryIntake(database.telemetry(), link, topics, roster, counters, clock,
                settings.queueBytes());
        subscribe();
        poll = Thread.ofPlatform().daemon().name("hub-poll").start(this::run);
    }

    /** Names this run of the hub. */
    public String name() {
        return name;
    }

    public HubCounters counters() {
        return counters;
    }

    /** Whether this hub has the duties that one hub has at a time. */
    public boolean leads() {
        return leads;
    }

    /** Stores what has arrived, then ends; the link stays the caller's. */
    @Override
    public void close() {
        closed = true;
        poll.interrupt();
        telemetry.close();
        desk.shutdown();
        try {
            if (!desk.awaitTermination(10, TimeUnit.SECONDS)) {
                desk.shutdownNow();
            }
            poll.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void subscribe() {
        link.onConnected(publisher::forget);
        link.subscribe(topics.divided("tlm/+"), 1, telemetry::arrived);
        link.subscribe(topics.divided("fresh/req"), 1, message -> answer(message, this::fresh));
        link.subscribe(topics.divided("cert/req"), 1, message -> answer(message, this::certificate));
        link.subscribe(topics.everyDevice("presence"), 1, message -> answer(message, this::presence));
        link.subscribe(topics.everyDevice("reported"), 1,
                message -> answer(message, (device, received) -> reports.reported(device, received.payload())));
        link.subscribe(topics.everyDevice("cmd/+/ack"), 1, message -> answer(message, (device, received) -> commands
                .acknowledged(device, CommandAck.of(received.payload()))));
        link.subscribe(topics.failures(), 1, message -> work(topics.failed(message.topic()), message,
                (device, received) -> reports.failed(device, received.payload())));
    }

    private void answer(MqttIncoming message, BiConsumer<String, MqttIncoming> how) {
        work(topics.owner(message.topic()), message, how);
    }

    /** Hands a message to the desk's thread, unless too many wait there: whoever wants an answer asks again. */
    private void work(Optional<String> device, MqttIncoming message, BiConsumer<String, MqttIncoming> how) {
        if (message.payload().length == 0) {
            return; // a retained topic was emptied
        }
        try {
            desk.execute(() -> guarded(device, message, how));
        } catch (RejectedExecutionException e) {
            counters.add(Count.OVERFLOWS);
        }
    }

    private void guarded(Optional<String> device, MqttIncoming message, BiConsumer<String, MqttIncoming> how) {
        if (device.flatMap(roster::admittedMeanwhile).isEmpty()) {
            counters.add(Count.STRANGERS);
            return;
        }
        try {
            how.accept(device.get(), message);
        } catch (RefusedException e) {
            counters.add(switch (e.code()) {
                case CERTIFICATE_MISMATCH, WRONG_DEVICE, WRONG_SITE, TOO_FEW_SIGNATURES -> Count.UNTRUSTED;
                default -> Count.MALFORMED;
            });
            LOG.log(complaint(), "message refused: device={0}, reason={1}", device.get(), e.getMessage());
        } catch (FleetDatabaseException | FleetException e) {
            counters.add(Count.DATABASE_FAULTS);
            LOG.log(System.Logger.Level.WARNING, "message could not be answered: device=" + device.get(), e);
        }
    }

    /** One complaint a second is enough to be noticed, and too little to fill a disk. The desk's thread. */
    private System.Logger.Level complaint() {
        long now = System.nanoTime();
        if (complained != 0 && now - complained < TimeUnit.SECONDS.toNanos(1)) {
            return System.Logger.Level.DEBUG;
        }
        complained = now;
        return System.Logger.Level.WARNING;
    }

    private void fresh(String device, MqttIncoming message) {
        var request = FreshnessRequest.of(message.payload());
        link.publish(MqttOutgoing.of(topics.device(device).own("fresh/res"), freshness.answer(device, request.nonce()),
                1, false).expiringIn(ANSWER_LIFE));
        counters.add(Count.FRESHNESS);
    }

    private void certificate(String device, MqttIncoming message) {
        var answer = requester(message.payload()).filter(device::equals).isPresent()
                ? enrolment.answer(message.payload(), Optional.empty())
                : CertificateAnswer.refused(ContentDigest.of(message.payload()),
                        "request is not for the device whose topic it came on");
        counters.add(answer.refusal().isPresent() ? Count.REFUSED_REQUESTS : Count.CERTIFICATES);
        link.publish(MqttOutgoing.of(topics.device(device).own("cert/res"), answer.encode(), 1, false)
                .expiringIn(ANSWER_LIFE));
    }

    private static Optional<String> requester(byte[] pkcs10) {
        try {
            return Optional.of(SigningRequest.of(pkcs10).device());
        } catch (FleetException malformed) {
            return Optional.empty();
        }
    }

    private void presence(String device, MqttIncoming message) {
        var presence = Presence.of(message.payload());
        presences.heard(device, presence, leads);
        if (presence.online()) {
            commands.born(device);
        }
    }

    private void run() {
        while (!closed) {
            try {
                tick();
                TimeUnit.NANOSECONDS.sleep(settings.poll().toNanos());
            } catch (InterruptedException e) {
                break;
            } catch (RuntimeException e) {
                leads = false;
                counters.add(Count.DATABASE_FAULTS);
                LOG.log(System.Logger.Level.WARNING, "poll failed, it is tried again", e);
                pause();
            }
        }
        leads = false;
    }

    private void tick() {
        roster.refresh();
        leads = database.lease(DUTIES, name, clock.instant(), settings.lease());
        if (leads) {
            runDuties();
            prune();
        }
        publisher.publish();
        presences.tick();
        if (leads) {
            commands.tick();
        }
    }

    /** Duties may read the whole fleet; they get a tenth of the time. */
    private void runDuties() {
        long from = System.nanoTime();
        if (from - restUntil >= 0) {
            duties.forEach(this::run);
            long end = System.nanoTime();
            restUntil = end + DUTY_SHARE * (end - from);
        }
    }

    /** A duty that fails is tried at the next poll and keeps nobody from his own. */
    private void run(Runnable duty) {
        try {
            duty.run();
        } catch (FleetException | ProvisioningException e) {
            LOG.log(System.Logger.Level.WARNING, "duty of the hub failed, it is tried again", e);
        }
    }

    private void prune() {
        var now = clock.instant();
        settings.retention().filter(age -> pruned.isBefore(now.minus(Duration.ofMinutes(1)))).ifPresent(age -> {
            if (database.telemetry().prune(now.minus(age)) == 0) {
                pruned = now;
            }
        });
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(Math.max(500, settings.poll().toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
