package dev.outpost.runtime.update;

import dev.outpost.provisioning.UpdateMachine;
import dev.outpost.provisioning.UpdateOffer;
import dev.outpost.provisioning.UpdatePorts;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.ModelPreparer;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.activate.Rollback;
import dev.outpost.provisioning.failure.StorageFaultException;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.provisioning.verify.Verifier;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Runs updates on a thread of its own, which alone uses the update machine, the verifier, the store and the pointer once
 * {@link #start} has returned; others post work to it by {@link #call}.
 *
 * <p>A disk fault stops the machine; calls still run, the model still serves, {@link #fault} says so. After the retry time
 * it goes on as after a restart, from its journal. Where a sync failed nothing can be trusted to be written any more: then
 * only the next start goes on.
 */
public final class UpdateRoom implements AutoCloseable {
    private static final Logger LOG = System.getLogger(UpdateRoom.class.getName());
    private static final Duration CLOSE_PATIENCE = Duration.ofSeconds(3);

    private final UpdateGround ground;
    private final Verifier verifier;
    private final UpdatePorts ports;
    private UpdateJournal journal;
    private UpdateMachine machine;
    private final WaitingOffers offers;
    private final KeptReleases releases;
    private final AfterUpdate after;
    private final Duration retry;
    private final LinkedBlockingQueue<Runnable> jobs = new LinkedBlockingQueue<>();
    private final List<Consumer<UpdateReport>> listeners = new CopyOnWriteArrayList<>();
    private final Thread thread;
    private long lastTurn = System.nanoTime();
    private boolean goOn = true;
    private boolean mayRecover;
    private volatile UpdateReport report;
    private volatile Optional<String> fault = Optional.empty();
    private volatile Optional<Supplier<Optional<String>>> without = Optional.empty();
    private volatile boolean closing;

    private UpdateRoom(UpdateGround ground, UpdateParts parts, ModelPreparer preparer, HealthProbe probe,
            Optional<ModelSwap> swap) {
        this.ground = ground;
        this.retry = parts.retry();
        this.verifier = new Verifier(ground.trust(), parts.device());
        this.ports = new UpdatePorts(parts.carriers(), parts.limits(), preparer, parts.installer(), probe,
                parts.conditions(), this::moved, System::nanoTime);
        this.journal = UpdateJournal.open(ground.storage());
        this.machine = machine();
        this.offers = new WaitingOffers(machine.offered());
        this.report = machine.report();
        this.releases = new KeptReleases(ground.storage());
        this.after = new AfterUpdate(ground.pointer(), releases, swap, report.state());
        this.thread = Thread.ofPlatform().name("update").daemon().unstarted(this::work);
    }

    /**
     * Goes on with the update that the last process left. To be called when the model that the pointer chose serves, or
     * cannot.
     *
     * @param ground opened by the caller, from now on this room's
     * @param preparer loads and switches models; called by the room's thread
     * @param probe asks models; called by the room's thread
     */
    public static UpdateRoom start(UpdateGround ground, UpdateParts parts, ModelPreparer preparer,
            HealthProbe probe) {
        return start(new UpdateRoom(ground, parts, preparer, probe, Optional.empty()));
    }

    /** As the other, over the models of this process. */
    public static UpdateRoom start(UpdateGround ground, UpdateParts parts, ModelSwap swap) {
        return start(
                new UpdateRoom(ground, parts, swap, EngineHealthProbe.atTheGate(swap), Optional.of(swap)));
    }

    private static UpdateRoom start(UpdateRoom room) {
        room.thread.start();
        return room;
    }

    /**
     * Offers a fleet document with a release that it names; both unverified. Kept until the machine takes it: the latest
     * of each line and addressee. Any thread.
     */
    public void offer(byte[] fleetDocument, byte[] release) {
        var offer = new UpdateOffer(fleetDocument, release);
        post(() -> offers.put(offer, machine.report()));
    }

    /**
     * Runs work on the update thread between two blocks; any thread but that one.
     *
     * @return what the work returned, or what it threw; an {@link IllegalStateException} once the room is closed
     */
    public <T> CompletableFuture<T> call(Function<Verifier, T> work) {
        var result = new CompletableFuture<T>();
        if (closing) {
            result.completeExceptionally(new IllegalStateException("updates have stopped"));
            return result;
        }
        post(() -> {
            try {
                result.complete(work.apply(verifier));
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    /** A carrier or condition came back: the machine tries again now. Any thread. */
    public void wake() {
        post(() -> goOn = true);
    }

    /** Counts an answer of the model on trial to a real request; no effect at other times. Any thread. */
    public void answered(boolean ok) {
        if (report.state() == UpdateState.TRIAL) {
            post(() -> machine.answered(ok));
        }
    }

    /** As {@link #answered(boolean)}, if the model that answered is the one on trial. Any thread. */
    public void answered(ContentDigest model, boolean ok) {
        if (report.file().filter(model::equals).isPresent()) {
            answered(ok);
        }
    }

    /** Where the update stands. Any thread. */
    public UpdateReport report() {
        UpdateReport now = report;
        boolean resting = now.state() == UpdateState.IDLE || now.outcome().isPresent();
        return resting ? without.flatMap(Supplier::get).map(why -> needsHands(now, why)).orElse(now) : now;
    }

    /**
     * Says from now on that the device needs hands while no model serves although one should.
     *
     * @param why what keeps it from serving; empty once one serves. Any thread.
     */
    public void needsHandsWhile(Supplier<Optional<String>> why) {
        without = Optional.of(why);
    }

    private static UpdateReport needsHands(UpdateReport now, String why) {
        return new UpdateReport(UpdateState.NEEDS_HANDS, now.line(), now.counter(), now.release(), now.file(),
                now.attempt(), now.refusal(), why, now.fetchedBytes(), now.reusedBytes(), now.rollbackMillis());
    }

    /** Why the machine has stopped, for now or for the rest of this process, if it has. Any thread. */
    public Optional<String> fault() {
        return fault;
    }

    /** The store; to be used inside {@link #call} only. */
    public ModelStore store() {
        return ground.store();
    }

    /** The active model; to be used inside {@link #call} only. */
    public ActivePointer pointer() {
        return ground.pointer();
    }

    /** Root and floors; to be changed inside {@link #call} only. */
    public TrustState trust() {
        return ground.trust();
    }

    /** The state directory; files of provisioning are to be changed inside {@link #call} only. */
    public Storage storage() {
        return ground.storage();
    }

    /** Adds a listener that the update thread tells after each journalled step; it must not block. Any thread. */
    public void onMoved(Consumer<UpdateReport> listener) {
        listeners.add(listener);
    }

    /** Stops between two blocks; the next start goes on. Any thread. */
    public void stop() {
        closing = true;
        post(() -> {});
    }

    /** As {@link #stop}, and waits for it, at most 3 s. */
    @Override
    public void close() {
        stop();
        try {
            // Never an interrupt: it would close the file the thread works on.
            thread.join(CLOSE_PATIENCE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    KeptReleases releases() {
        return releases;
    }

    private void post(Runnable job) {
        jobs.add(job);
    }

    private void work() {
        guarded(() -> {
            after.keepRelease(machine, machine.report());
            machine.resume();
        });
        while (!closing) {
            runJobs();
            if (fault.isEmpty() && !closing) {
                guarded(this::turn);
            } else if (mayRecover && stuck()) {
                guarded(this::recover);
            }
            await();
        }
        runJobs();
    }

    private void turn() {
        UpdateState before = machine.report().state();
        boolean stuck = stuck();
        Optional<UpdateOffer> next = offers.next(before, stuck);
        if (next.isPresent() && machine.offer(next.get().fleet(), next.get().release())) {
            offers.taken(next.get(), before);
        } else if (waits(before) && !stuck && !goOn) {
            return;
        }
        machine.run(() -> !jobs.isEmpty());
        goOn = !jobs.isEmpty();
        lastTurn = System.nanoTime();
    }

    private boolean stuck() {
        return System.nanoTime() - lastTurn >= retry.toNanos();
    }

    /** As a start does: from what is in the journal, with the active model serving. */
    private void recover() {
        lastTurn = System.nanoTime();
        journal.close();
        journal = UpdateJournal.open(ground.storage());
        machine = machine();
        ground.pointer().current().filter(slot -> slot.tries() < ActivePointer.MAX_TRIES).ifPresent(slot -> {
            try {
                ports.preparer().serve(slot.digest(), Rollback.DEADLINE);
            } catch (PreparationFailedException e) {
                LOG.log(Level.WARNING, "the active model does not serve: {0}", e.getMessage());
            }
        });
        machine.resume();
        fault = Optional.empty();
        goOn = true;
        LOG.log(Level.INFO, "updates go on after a disk fault: state={0}", machine.report().state());
    }

    private UpdateMachine machine() {
        return new UpdateMachine(ground.storage(), ground.store(), ground.pointer(), verifier, journal, ports);
    }

    /** Its turn or a carrier is missing: asked again after the retry time, not with each job. */
    private static boolean waits(UpdateState state) {
        return state == UpdateState.DEFERRED || state == UpdateState.STAGING;
    }

    private void runJobs() {
        for (Runnable job = jobs.poll(); job != null; job = jobs.poll()) {
            guarded(job);
        }
    }

    private void await() {
        try {
            Runnable job = jobs.poll(retry.toMillis(), TimeUnit.MILLISECONDS);
            if (job != null) {
                guarded(job);
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts this thread", e);
        }
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            fault = Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
            mayRecover = e instanceof StorageFaultException && !ground.storage().readOnly();
            lastTurn = System.nanoTime();
            LOG.log(Level.ERROR, "updates stop " + (mayRecover ? "for now" : "until the next start") + ": state="
                    + machine.report().state(), e);
        } finally {
            report = machine.report();
        }
    }

    private void moved(UpdateReport now) {
        report = now;
        after.moved(machine);
        for (Consumer<UpdateReport> listener : listeners) {
            try {
                listener.accept(now);
            } catch (RuntimeException e) {
                LOG.log(Level.WARNING, "a listener failed: state=" + now.state(), e);
            }
        }
    }
}
