package dev.outpost.runtime.update;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.gate.GateVerdict;
import dev.outpost.provisioning.gate.HealthGate;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.json.StoredJson;
import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.store.ContentDigest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Asks the serving model the golden questions of its release: on a schedule, and at a start after the runtime, the JDK,
 * the kernel tier or the driver changed. Worse answers than before are an alarm, not a rollback. Models without a
 * release, an operator's, have no questions.
 *
 * <p>The questions are asked on the update's thread, behind all other requests; how long an answer takes then says
 * nothing and is not judged. The last run lies in {@code update/golden}.
 */
public final class GoldenSchedule implements AutoCloseable {
    private static final Logger LOG = System.getLogger(GoldenSchedule.class.getName());
    private static final String FILE = "update/golden";
    private static final int LIMIT = 64 << 10;

    private final UpdateRoom room;
    private final ModelSwap swap;
    private final HealthProbe probe;
    private final GoldenFacts facts;
    private final Duration interval;
    private final List<Consumer<GoldenDrop>> listeners = new CopyOnWriteArrayList<>();
    private final AtomicInteger turns = new AtomicInteger();
    private boolean closed;

    /**
     * Made, not yet begun.
     *
     * @param facts of this process; the tier is taken from the model
     * @param interval between two runs
     */
    public GoldenSchedule(UpdateRoom room, ModelSwap swap, GoldenFacts facts, Duration interval) {
        this.room = room;
        this.swap = swap;
        this.probe = EngineHealthProbe.besideOthers(swap);
        this.facts = facts;
        this.interval = interval;
    }

    /** Asks now if something changed since the last run, and from now on by the schedule. */
    public void begin() {
        Thread.ofVirtual().name("golden-questions").start(this::work);
    }

    /** Adds a listener for alarms; told on the update's thread, must not block. Any thread. */
    public void onDrop(Consumer<GoldenDrop> listener) {
        listeners.add(listener);
    }

    /** Asks now; empty when nothing with a release serves. Any thread. */
    public CompletableFuture<Optional<GateVerdict>> runNow() {
        return room.call(_ -> ask());
    }

    /** How often it was time to ask or to see whether to ask. */
    int turns() {
        return turns.get();
    }

    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private void work() {
        try {
            boolean first = true;
            while (first || sleep()) {
                boolean start = first;
                first = false;
                room.call(_ -> start && !due() ? Optional.empty() : ask()).get();
                turns.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.log(Level.WARNING, "golden questions are not asked any more: {0}", e.getCause().getMessage());
        }
    }

    /** False once closed. */
    private synchronized boolean sleep() throws InterruptedException {
        long end = System.nanoTime() + interval.toNanos();
        for (long left = interval.toMillis(); left > 0 && !closed; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        return !closed;
    }

    /** At a start: something changed, or the last run is too long ago; a clock that was set back counts as long. */
    private boolean due() {
        Optional<GoldenFacts.Run> last = last();
        Optional<LoadedModel> model = swap.current();
        if (last.isEmpty() || model.flatMap(LoadedModel::digest).isEmpty()) {
            return true;
        }
        long age = Instant.now().getEpochSecond() - last.get().epochSeconds();
        return !last.get().facts().equals(factsOf(model.get())) || age < 0 || age >= interval.toSeconds()
                || !last.get().file().equals(model.get().digest().get().hex());
    }

    private Optional<GateVerdict> ask() {
        Optional<LoadedModel> model = swap.current();
        Optional<ContentDigest> digest = model.flatMap(LoadedModel::digest);
        Optional<ReleaseManifest> release = digest.flatMap(room.releases()::find);
        if (release.isEmpty() || release.get().golden().isEmpty()) {
            return Optional.empty();
        }
        GateVerdict verdict = new HealthGate(probe).judge(digest.get(), withoutTimes(release.get()));
        judge(digest.get(), release.get(), verdict, factsOf(model.get()));
        return Optional.of(verdict);
    }

    private void judge(ContentDigest model, ReleaseManifest release, GateVerdict verdict, GoldenFacts now) {
        Optional<GoldenFacts.Run> before = last().filter(run -> run.file().equals(model.hex()));
        int demanded = Math.min(release.gate().minimumPassed(), release.golden().size());
        int best = Math.max(before.map(GoldenFacts.Run::best).orElse(0), demanded);
        if (verdict.right() < best) {
            var drop = new GoldenDrop(model, release.line(), release.counter(), verdict.right(), best, verdict.asked(),
                    verdict.detail(), now, before.map(GoldenFacts.Run::facts).orElse(now));
            LOG.log(Level.WARNING,
                    "golden questions: fewer right answers than before: line={0}, counter={1}, right={2}, "
                            + "best={3}, asked={4}, {5}, now={6}, before={7}",
                    drop.line(), drop.counter(), drop.right(),
                    drop.best(), drop.asked(), drop.detail(), now, drop.before());
            listeners.forEach(listener -> listener.accept(drop));
        }
        StoredJson.write(room.storage(), FILE, new GoldenFacts.Run(now, model.hex(), Math.max(best, verdict.right()),
                Math.max(0, Instant.now().getEpochSecond())).toJson());
    }

    private Optional<GoldenFacts.Run> last() {
        try {
            return StoredJson.read(room.storage(), FILE, LIMIT).map(GoldenFacts.Run::of);
        } catch (RefusedException ofAnotherVersion) {
            return Optional.empty();
        }
    }

    private GoldenFacts factsOf(LoadedModel model) {
        return facts.withTier(model.engine().tier().word());
    }

    private static ReleaseManifest withoutTimes(ReleaseManifest release) {
        var gate = new GateLimits(release.gate().minimumPassed(), 0, release.gate().trialAnswers());
        return new ReleaseManifest(release.kind(), release.line(), release.counter(), release.title(), release.file(),
                release.quantisation(), release.minimumRuntime(), release.profiles(), release.licence(),
                release.golden(), gate, release.quality(), release.issued(), release.expires());
    }
}
