package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.OwnershipCommand;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.verify.FreshnessReport;
import dev.outpost.provisioning.verify.Verifier;
import dev.outpost.runtime.fleet.wire.CommandAck;
import dev.outpost.runtime.fleet.wire.Desired;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.fleet.wire.FreshnessRequest;
import dev.outpost.runtime.fleet.wire.SignedReport;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import dev.outpost.runtime.update.UpdateRoom;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The device's side of its fleet: says that it is there and what it runs, hears what it shall run, what is newest and what
 * to do, and puts what happens into the spool. One thread of its own; whatever touches the verifier, the store or the
 * state directory is posted to the update's thread. Nothing here holds up an answer to a request.
 */
public final class FleetAgent implements AutoCloseable {
    private static final Logger LOG = System.getLogger(FleetAgent.class.getName());
    private static final Duration GOODBYE = Duration.ofSeconds(2);
    /** Four for each of three connections. */
    private static final int MOST_CLIENT_THREADS = 12;
    private static final Duration ACK_LIFETIME = Duration.ofHours(1);
    private static final Duration QUESTION_LIFETIME = Duration.ofSeconds(60);

    /**
     * What the agent is made of.
     *
     * @param link of the fleet
     * @param presence what the link says of the device
     * @param room where updates run
     * @param carriers by which documents come, in order; used on the update's thread
     * @param pair the device's proven certificate; without one it signs no reports
     * @param conditions the same that the room asks
     * @param spool where telemetry waits
     * @param stick where a stick may appear
     */
    public record Parts(AgentFacts facts, MqttPort link, PresenceSessions presence, UpdateRoom room,
            List<Carrier> carriers, Supplier<Optional<CertificatePair>> pair, FleetConditions conditions,
            FleetHost host,
            TelemetrySpool spool, TelemetryRecords records, Optional<Path> stick, AgentSettings settings) {

        /** Copies the carriers. */
        public Parts {
            carriers = List.copyOf(carriers);
        }
    }

    private final Parts parts;
    private final TopicPlan topics;
    private final FailureNotices notices;
    private final Freshness freshness;
    private final Reports reports;
    private final DesiredState desired;
    private final RemoteCommands commands;
    private final Optional<StickWatch> stick;
    private final ScheduledThreadPoolExecutor thread;
    private final TelemetryUplink uplink;
    private final Map<String, byte[]> waiting = new LinkedHashMap<>();
    private final AtomicBoolean reporting = new AtomicBoolean();
    private final AtomicReference<UpdateState> seen = new AtomicReference<>();
    private boolean faultTold;
    private boolean threadsTold;
    private volatile boolean left;

    private FleetAgent(Parts parts) {
        this.parts = parts;
        this.topics = parts.facts().topics();
        var room = parts.room();
        this.notices = new FailureNotices(parts.facts(), parts.conditions());
        notices.read(room.storage());
        this.freshness = new Freshness(parts.conditions());
        this.reports = new Reports(parts.facts(), room, parts.host(), freshness);
        this.desired = new DesiredState(room.trust(), room.storage(), new DocumentFetch(parts.carriers()), room::offer);
        this.commands = new RemoteCommands(parts.facts(), room.storage(), room.trust(),
                CommandJournal.open(room.storage()), new Deeds(), this::acknowledge,
                work -> call(verifier -> {
                    work.accept(verifier);
                    return true;
                }));
        this.stick = parts.stick().map(mount -> new StickWatch(mount, parts.facts()));
        this.thread = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("fleet-agent").daemon().factory());
        thread.setRemoveOnCancelPolicy(true);
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        this.uplink = new TelemetryUplink(parts.spool(), parts.link(), topics, parts.settings().ackTimeout());
        parts.records().wakes(uplink::wake);
    }

    /**
     * Starts the agent on a link that need not be connected, nor ever be. To be called before anybody else uses the
     * room's {@code call}.
     */
    public static FleetAgent start(Parts parts) {
        var agent = new FleetAgent(parts);
        agent.listen();
        return agent;
    }

    private void listen() {
        parts.presence().describe(new PresenceSessions.Description() {
            @Override
            public List<String> models() {
                return parts.host().serving();
            }

            @Override
            public long desiredVersion() {
                return DesiredState.version(parts.room().trust(), parts.facts());
            }
        });
        MqttPort link = parts.link();
        link.subscribe(topics.own("desired"), 1, message -> post(() -> desired(message)));
        parts.facts().groups().forEach(group -> link.subscribe(topics.shared("_group/" + group + "/desired"), 1,
                message -> post(() -> desired(message))));
        link.subscribe(topics.own("fresh/res"), 1, message -> fresh(message.payload()));
        link.subscribe(topics.own("cmd/+"), 1, this::command);
        link.subscribe(topics.shared("_fail/+/+"), 1, message -> post(() -> noticed(message)));
        link.onConnected(() -> post(this::connected));
        parts.room().onMoved(report -> post(() -> moved(report)));
        var settings = parts.settings();
        every(settings.freshnessInterval(), this::askFreshness);
        every(settings.lookInterval(), this::look);
        every(settings.metricInterval(), this::measure);
        parts.records().event("start", JsonObject.of(Map.of()).with("runtime", parts.facts().runtime().toString())
                .with("jdk", parts.facts().jdk()).with("tier", parts.host().tier())
                .with("models", JsonArray.ofTexts(parts.host().serving())));
    }

    /** What it knows, for the status page. */
    public Map<String, String> status() {
        var status = new LinkedHashMap<String, String>();
        var known = freshness.report();
        status.put("desired version", Long.toString(DesiredState.version(parts.room().trust(), parts.facts())));
        status.put("freshness", known.known()
                ? known.behind().isEmpty()
                        ? "current, asked " + known.sinceMillis() / 1000 + " s ago"
                        : "behind: " + String.join(", ", known.behind())
                : "unknown for " + known.sinceMillis() / 1000 + " s");
        status.put("trusted time", parts.conditions().trustedNow().map(Object::toString).orElse("unknown"));
        return status;
    }

    /** Something somebody must see, such as a drop at the golden questions. Any thread. */
    public void alarm(String kind, String detail) {
        parts.records().alarm(kind, JsonObject.of(Map.of()).with("detail", detail));
        report();
    }

    /** Says goodbye, so that nobody takes it for a broken connection; the spool and the link stay their owner's. */
    @Override
    public void close() {
        if (!left) {
            parts.records().event("stop", JsonObject.of(Map.of()).with("runtime", parts.facts().runtime().toString()));
        }
        try {
            if (!left) {
                post(this::writeNotices);
            }
            thread.shutdown();
            if (!thread.awaitTermination(GOODBYE.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.log(Level.DEBUG, "left undone while closing");
            }
            if (connected(parts.link())) {
                parts.link().publish(parts.presence().message(false)).get(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException gone) {
            LOG.log(Level.DEBUG, "no goodbye: {0}", gone.toString());
        }
        uplink.close();
    }

    /** Another certificate is in use: what it takes to be believed can be said now. Any thread. */
    public void certified() {
        post(() -> {
            giveMissedNotice();
            report();
        });
    }

    private void connected() {
        parts.link().publish(parts.presence().message(true));
        giveMissedNotice();
        notices.all().forEach(parts.link()::publish);
        askFreshness();
        settleAll();
        report();
        parts.room().wake();
    }

    private void desired(MqttIncoming message) {
        if (message.payload().length > 0) {
            waiting.put(message.topic(), message.payload());
            settle(message.topic());
        }
    }

    private void settleAll() {
        List.copyOf(waiting.keySet()).forEach(this::settle);
    }

    private void settle(String topic) {
        byte[] payload = waiting.get(topic);
        call(verifier -> {
            try {
                return done(topic, payload, desired.settle(verifier, Desired.of(payload)));
            } catch (RefusedException e) {
                return refused(topic, payload, e);
            } catch (CarrierFailedException e) {
                LOG.log(Level.INFO, "desired state waits for a document: {0}", e.getMessage());
                return false;
            } finally {
                RevokedModel.active(parts.room()).ifPresent(this::leave);
            }
        });
    }

    private boolean done(String topic, byte[] payload, DesiredState.Settled settled) {
        var document = settled.fleet().document();
        LOG.log(Level.INFO, "desired state: addressee={0}, version={1}, releases={2}", document.addressee().key(),
                Long.toString(document.version()), settled.offered());
        if (settled.configuration()) {
            LOG.log(Level.INFO, "fleet configuration is new and takes effect at the next start");
            parts.records().event("configuration", JsonObject.of(Map.of()).with("version", document.version()));
        }
        post(() -> {
            waiting.remove(topic, payload);
            if (connected(parts.link())) {
                parts.link().publish(parts.presence().message(true));
            }
            report();
        });
        return true;
    }

    /** The root says that the active model must no longer be used: the one before serves, and the fleet hears of it. */
    private void leave(RevokedModel model) {
        String what = "release is revoked: line=" + model.line() + ", counter=" + model.counter();
        if (!model.fallback()) {
            alarm("revoked", what + "; there is no other model to serve");
            return;
        }
        parts.host().rollBack().whenComplete((text, failure) -> {
            alarm("revoked", what + "; " + (failure == null ? text : failure.getMessage()));
            post(this::report);
        });
    }

    private boolean refused(String topic, byte[] payload, RefusedException why) {
        LOG.log(Level.WARNING, "desired state refused: code={0}, {1}", why.code().word(), why.getMessage());
        parts.records().event("refused", JsonObject.of(Map.of()).with("what", "desired")
                .with("code", why.code().word()).with("detail", why.getMessage()));
        post(() -> waiting.remove(topic, payload));
        return false;
    }

    private void askFreshness() {
        if (connected(parts.link())) {
            call(Verifier::askFreshness).thenAccept(nonce -> post(() -> parts.link().publish(
                    MqttOutgoing.of(topics.own("fresh/req"), new FreshnessRequest(nonce).encode(), 1, false)
                            .expiringIn(QUESTION_LIFETIME))));
        }
    }

    private void fresh(byte[] answer) {
        call(verifier -> {
            try {
                FreshnessReport known = freshness.answered(verifier, answer);
                if (!known.current()) {
                    LOG.log(Level.INFO, "behind the fleet: {0}", String.join(", ", known.behind()));
                }
                return known.current();
            } catch (RefusedException e) {
                LOG.log(Level.WARNING, "freshness answer refused: code={0}, {1}", e.code().word(), e.getMessage());
                return false;
            }
        }).thenAccept(current -> parts.room().wake());
    }

    private void command(MqttIncoming message) {
        String id = message.topic().substring(message.topic().lastIndexOf('/') + 1);
        call(verifier -> {
            commands.arrived(verifier, id, message.payload());
            return true;
        });
    }

    private void acknowledge(CommandAck ack) {
        parts.link().publish(MqttOutgoing.of(topics.own("cmd/" + ack.id() + "/ack"), ack.encode(), 1, false)
                .expiringIn(ACK_LIFETIME));
    }

    private void noticed(MqttIncoming message) {
        if (notices.arrived(message)) {
            parts.room().wake();
        }
    }

    private void moved(UpdateReport report) {
        UpdateState before = seen.getAndSet(report.state());
        JsonObject record = JsonObject.of(Map.of()).with("state", report.state().name()).with("line", report.line())
                .with("counter", report.counter()).with("detail", report.detail());
        if (before != report.state()) {
            parts.records().event("update", record);
        }
        if (failed(report) && before != report.state()) {
            parts.records().alarm("rollback", record.with("rollbackMillis", report.rollbackMillis()));
            giveNotice(report);
        }
        if (report.outcome().isPresent() && connected(parts.link())) {
            parts.link().publish(parts.presence().message(true));
        }
        report();
    }

    private static boolean failed(UpdateReport report) {
        return report.state() == UpdateState.ROLLED_BACK || report.state() == UpdateState.NEEDS_HANDS;
    }

    private void giveNotice(UpdateReport report) {
        notices.failed(report, parts.pair().get()).ifPresent(notice -> {
            parts.link().publish(notice);
            stick.ifPresent(watch -> watch.leave(parts.facts().device() + "-failed", notice.payload()));
        });
        writeNotices();
    }

    /** What failed before there was a certificate to say it with, or right before the process died. */
    private void giveMissedNotice() {
        UpdateReport report = parts.room().report();
        if (failed(report) && !notices.given(report)) {
            giveNotice(report);
        }
    }

    /** One report at a time: what moves while it is made is in the next. */
    private void report() {
        if (!reporting.compareAndSet(false, true)) {
            return;
        }
        call(verifier -> {
            reporting.set(false);
            return reports.now();
        }).whenComplete((report, failure) -> {
            if (failure == null) {
                post(() -> parts.pair().get().ifPresent(pair -> say(report, pair)));
            } else {
                reporting.set(false);
            }
        });
    }

    private void say(DeviceReport report, CertificatePair pair) {
        byte[] signed = SignedReport.sign(report.toJson(), pair).encode();
        parts.link().publish(MqttOutgoing.of(topics.own("reported"), signed, 1, false));
        stick.ifPresent(watch -> watch.leave(parts.facts().device(), signed));
    }

    private void look() {
        stick.ifPresent(watch -> watch.news().forEach((name, content) -> {
            LOG.log(Level.INFO, "stick: desired state of {0}", name);
            waiting.put("stick/" + name, content);
        }));
        boolean reachable = connected(parts.link())
                || parts.carriers().stream().anyMatch(carrier -> !carrier.name().equals("mqtt"));
        if (reachable) {
            settleAll();
        }
        writeNotices();
        parts.room().fault().filter(fault -> !faultTold).ifPresent(fault -> {
            faultTold = true;
            alarm("disk_fault", fault);
        });
    }

    private void writeNotices() {
        notices.toWrite().ifPresent(content -> call(verifier -> {
            FailureNotices.write(parts.room().storage(), content);
            return true;
        }));
    }

    private void measure() {
        LinkStatus link = parts.link().status();
        JsonObject waiting = JsonObject.of(Map.of());
        for (var stream : parts.spool().backlog().entrySet()) {
            waiting = waiting.with(stream.getKey().stream(), stream.getValue().waiting());
        }
        parts.records().metrics(parts.host().metrics()
                .with("link",
                        JsonObject.of(Map.of()).with("state", link.state().name()).with("connects", link.connects())
                                .with("attempts", link.attempts()).with("bytesIn", link.bytesIn())
                                .with("bytesOut", link.bytesOut()).with("dropped", link.dropped()))
                .with("spool", waiting));
        watchThreads();
    }

    /** A client that leaks threads is seen before the box is. */
    private void watchThreads() {
        Thread[] all = new Thread[Thread.activeCount() + 64];
        int count = Thread.enumerate(all);
        long clients = Arrays.stream(all, 0, count).filter(one -> one.getName().startsWith("MQTT ")).count();
        if (clients > MOST_CLIENT_THREADS && !threadsTold) {
            threadsTold = true;
            alarm("link_threads", "the broker client leaks threads: expected<=" + MOST_CLIENT_THREADS + ", found="
                    + clients);
        }
    }

    private static boolean connected(MqttPort link) {
        return link.status().state() == LinkStatus.State.CONNECTED;
    }

    private void every(Duration interval, Runnable work) {
        thread.scheduleWithFixedDelay(guarded(work), interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void post(Runnable work) {
        try {
            thread.execute(guarded(work));
        } catch (RejectedExecutionException closing) {
            LOG.log(Level.DEBUG, "left undone while closing");
        }
    }

    private static Runnable guarded(Runnable work) {
        return () -> {
            try {
                work.run();
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "fleet work failed", e);
            }
        };
    }

    /** On the update's thread; a failure is logged here, so that nobody need wait for it. */
    private <T> CompletableFuture<T> call(Function<Verifier, T> work) {
        CompletableFuture<T> result = parts.room().call(work);
        result.whenComplete((value, failure) -> {
            if (failure != null && !thread.isShutdown()) {
                LOG.log(Level.WARNING, "fleet work failed", failure);
            }
        });
        return result;
    }

    private final class Deeds implements RemoteCommands.Deeds {
        @Override
        public void report() {
            FleetAgent.this.report();
        }

        @Override
        public CompletableFuture<String> golden() {
            return parts.host().golden();
        }

        @Override
        public CompletableFuture<String> rollBack() {
            return parts.host().rollBack();
        }

        @Override
        public void rebirth() {
            post(() -> {
                parts.link().publish(parts.presence().message(true));
                notices.all().forEach(parts.link()::publish);
            });
            FleetAgent.this.report();
            parts.host().rebirth();
        }

        @Override
        public void ownerLeaves() {
            left = true;
            uplink.close();
            parts.spool().close();
        }

        @Override
        public void ownerLeft(OwnershipCommand order) {
            LOG.log(Level.WARNING, "owner's order obeyed, starting afresh: operation={0}", order.operation().word());
            parts.host().restart("owner's order: " + order.operation().word());
        }
    }
}
