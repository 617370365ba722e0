package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.UpdateMachine;
import dev.outpost.provisioning.UpdatePorts;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.ModelPreparer;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.TransferLimits;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.provisioning.verify.Verifier;
import dev.outpost.runtime.fleet.wire.Desired;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.fleet.wire.SignedReport;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * A device without an engine: trust, wave rule, update machine, store and failure notices are the real ones, over storage in
 * memory; a model loads at once and answers well, or not.
 */
public final class SimulatedDevice implements ModelPreparer, HealthProbe {

    /** Block sizes of every release. */
    public static final StoreSettings STORE = new StoreSettings(BlockSizes.STANDARD, 1, 0);

    /**
     * What a device is made of.
     *
     * @param documents signed documents by digest
     * @param answersWell whether new models pass its gate
     */
    public record Parts(AgentFacts facts, Storage storage, TrustState trust, CertificatePair pair, MqttPort link,
            Carrier carrier, Function<ContentDigest, byte[]> documents, Executor executor, boolean answersWell) {}

    private final Parts parts;
    private final ActivePointer pointer;
    private final UpdateMachine machine;
    private final FleetConditions conditions = new FleetConditions(() -> 0);
    private final FailureNotices notices;
    private String reported = "";
    private int limit;
    private volatile int begunAt;

    public SimulatedDevice(Parts parts) {
        this.parts = parts;
        this.notices = new FailureNotices(parts.facts(), conditions);
        var store = ModelStore.open(parts.storage(), STORE);
        this.pointer = ActivePointer.open(parts.storage());
        pointer.start(digest -> store.find(digest).isPresent());
        this.machine = new UpdateMachine(parts.storage(), store, pointer,
                new Verifier(parts.trust(), parts.facts().deviceFacts()), UpdateJournal.open(parts.storage()),
                new UpdatePorts(List.of(parts.carrier()), TransferLimits.STANDARD, this, (line, counter, file) -> {},
                        this, conditions, this::moved, System::nanoTime));
        pointer.startedWell();
        machine.resume();
    }

    /** Listens from now on. */
    public void begin() {
        var topics = parts.facts().topics();
        parts.facts().groups().forEach(group -> parts.link().subscribe(topics.shared("_group/" + group + "/desired"),
                1, message -> parts.executor().execute(() -> desired(message))));
        parts.link().subscribe(topics.shared("_fail/+/+"), 1, this::failed);
        parts.link().onConnected(() -> parts.executor().execute(this::sayAgain));
    }

    public String name() {
        return parts.facts().device();
    }

    public boolean answersWell() {
        return parts.answersWell();
    }

    /** Digest of what serves. */
    public synchronized Optional<ContentDigest> active() {
        return pointer.current().map(Slot::digest);
    }

    public synchronized UpdateReport report() {
        return machine.report();
    }

    /** The wave limit in force when it began to fetch; 0 if it never did. */
    public int begunAt() {
        return begunAt;
    }

    private void failed(MqttIncoming message) {
        synchronized (notices) {
            notices.arrived(message);
        }
    }

    private synchronized void desired(MqttIncoming message) {
        var desired = Desired.of(message.payload());
        limit = FleetDocument.of(SignedDocument.of(desired.fleet()).payload()).rollout().waveLimit();
        for (var reference : desired.documents(Desired.Kind.RELEASE)) {
            machine.offer(desired.fleetDocument(), parts.documents().apply(reference.digest()));
        }
        say();
        parts.executor().execute(this::work);
    }

    private synchronized void work() {
        machine.run();
        while (machine.report().state() == UpdateState.TRIAL) {
            machine.answered(true);
            machine.run();
        }
        say();
    }

    private void moved(UpdateReport report) {
        if (report.state() == UpdateState.STAGING && begunAt == 0) {
            begunAt = limit;
        }
    }

    /** What was on the way when a connection broke may be lost. */
    private synchronized void sayAgain() {
        reported = "";
        say();
        synchronized (notices) {
            notices.all().forEach(parts.link()::publish);
        }
    }

    private void say() {
        var report = machine.report();
        String news = report.state() + " " + report.release() + " " + limit;
        if (!news.equals(reported)) {
            reported = news;
            publish(parts.facts().topics().own("reported"), SignedReport.sign(body(report).toJson(), parts.pair()));
        }
        if (report.state() == UpdateState.ROLLED_BACK) {
            synchronized (notices) {
                notices.failed(report, Optional.of(parts.pair())).ifPresent(parts.link()::publish);
            }
        }
    }

    private void publish(String topic, SignedReport report) {
        parts.link().publish(MqttOutgoing.of(topic, report.encode(), 1, false));
    }

    private DeviceReport body(UpdateReport report) {
        var facts = parts.facts();
        var update = new DeviceReport.Update(report.state().name(), report.line(), report.counter(),
                report.release().map(ContentDigest::hex).orElse(""), report.file().map(ContentDigest::hex).orElse(""),
                report.attempt(), report.outcome().map(outcome -> outcome.word()).orElse(""),
                report.refusal().map(refusal -> refusal.word()).orElse(""), report.detail(), report.fetchedBytes(),
                report.reusedBytes(), report.rollbackMillis());
        return new DeviceReport(facts.site(), facts.device(), facts.boot(), facts.runtime().toString(), facts.jdk(),
                "none", facts.profile(), List.of(), pointer.current().map(slot -> slot.digest().hex()).orElse(""),
                update, DesiredState.version(parts.trust(), facts), 1, new DeviceReport.Freshness(false, List.of(), 0));
    }

    @Override
    public Fit fit(ContentDigest digest, ReleaseManifest release) {
        return Fit.BESIDE;
    }

    @Override
    public void load(ContentDigest digest) {
        // there is no engine
    }

    @Override
    public void unloadServing() {
        // there is no engine
    }

    @Override
    public void serve(ContentDigest digest, Duration deadline) {
        // the pointer says what serves
    }

    @Override
    public void discard() {
        // there is no engine
    }

    @Override
    public Answer ask(ContentDigest model, GoldenQuestion question) {
        return new Answer(parts.answersWell() ? question.expect() : "I do not know", 1);
    }

    /** This device's place in a rollout. */
    public int number(ContentDigest release) {
        return RolloutRule.number(name(), release);
    }

    /** When the software of all simulated devices was built. */
    public static Instant built() {
        return Instant.now().minusSeconds(86_400);
    }
}
