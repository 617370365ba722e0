package dev.outpost.runtime.update;

import dev.outpost.provisioning.UpdateMachine;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.activate.Rollback;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.store.ContentDigest;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** What follows an update that has ended: its release is kept with the model, or what serves is put right. */
final class AfterUpdate {
    private static final Logger LOG = System.getLogger(AfterUpdate.class.getName());

    private final ActivePointer pointer;
    private final KeptReleases releases;
    private final Optional<ModelSwap> swap;
    private UpdateState before;

    AfterUpdate(ActivePointer pointer, KeptReleases releases, Optional<ModelSwap> swap, UpdateState before) {
        this.pointer = pointer;
        this.releases = releases;
        this.swap = swap;
        this.before = before;
    }

    /** After each step, on the update's thread. */
    void moved(UpdateMachine machine) {
        UpdateReport report = machine.report();
        if (report.state() == UpdateState.ACTIVATED) {
            keepRelease(machine, report);
        }
        if (before == UpdateState.ROLLING_BACK && report.state() == UpdateState.REFUSED) {
            settle();
        }
        before = report.state();
    }

    /** Also after a restart: the process may have died between the commit and this. */
    void keepRelease(UpdateMachine machine, UpdateReport report) {
        Optional<ContentDigest> active = pointer.current().map(Slot::digest).filter(
                digest -> report.file().equals(Optional.of(digest)) && !releases.has(digest));
        active.ifPresent(digest -> machine.offered().ifPresent(offer -> {
            releases.keep(digest, offer.release());
            releases.retain(pointer.pinned());
        }));
    }

    private void settle() {
        Optional<ContentDigest> active = pointer.current()
                .filter(slot -> slot.state() == Slot.State.GOOD || slot.tries() < ActivePointer.MAX_TRIES)
                .map(Slot::digest);
        try {
            if (swap.isPresent()) {
                swap.get().settle(active, Rollback.DEADLINE);
            }
        } catch (PreparationFailedException e) {
            LOG.log(Level.ERROR, "no model serves after a failed update: {0}", e.getMessage());
        }
    }
}
