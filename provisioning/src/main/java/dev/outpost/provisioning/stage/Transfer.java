package dev.outpost.provisioning.stage;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.FileNeed;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StagedFile;
import dev.outpost.provisioning.store.StoredModel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Brings one signed file into the store: its block list first, then disk check, blocks already here, blocks from carriers
 * in their order of preference, whole digest, commit. Called again after an interruption or a restart it goes on where it
 * was. Single thread.
 */
public final class Transfer {
    private static final int ROUNDS = 3;
    /** On a slow link each block is synced at once; on a fast one the store's sync interval takes over. */
    private static final long SYNC_NANOS = 200_000_000L;

    private final ModelStore store;
    private final List<Carrier> carriers;
    private final TransferLimits limits;
    private final LongSupplier nanoClock;
    private final RateLimit rate;
    private long lastSync;

    /**
     * @param carriers in order of preference
     * @param nanoClock monotonic nanoseconds
     */
    public Transfer(ModelStore store, List<Carrier> carriers, TransferLimits limits, LongSupplier nanoClock) {
        this.store = store;
        this.carriers = List.copyOf(carriers);
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.rate = new RateLimit(limits.bytesPerSecond(), nanoClock);
    }

    /**
     * Runs until the file is stored or no carrier can bring more.
     *
     * @param file the signed file
     * @param origin how it is trusted
     * @param calledOff asked between blocks
     * @throws RefusedException when the disk is too small, or what was signed does not fit together
     */
    public TransferResult run(FileNeed file, ModelOrigin origin, BooleanSupplier calledOff) {
        Optional<StoredModel> present = store.find(file.sha256());
        if (present.isPresent()) {
            return new TransferResult.Stored(present.get(), 0, file.bytes());
        }
        Optional<BlockList> known = store.stagedList(file.sha256(), file.blockList());
        String[] reason = {"no carrier"};
        BlockList blocks = known.or(() -> fetchList(file, reason)).orElse(null);
        if (blocks == null) {
            return new TransferResult.Interrupted(file.bytes(), 0, reason[0]);
        }
        try (StagedFile staged = store.stage(file.sha256(), blocks)) {
            long before = staged.missingBytes();
            long seeded = store.seed(staged);
            return fetch(staged, origin, calledOff, file.bytes() - before + seeded);
        }
    }

    private TransferResult fetch(StagedFile staged, ModelOrigin origin, BooleanSupplier calledOff, long reused) {
        long missing = staged.missingBytes();
        String reason = "no carrier";
        for (int round = 0; round < ROUNDS; round++) {
            for (Carrier carrier : carriers) {
                if (!staged.complete()) {
                    reason = drain(carrier, staged, calledOff);
                }
            }
            staged.flush();
            long fetched = missing - staged.missingBytes();
            if (!staged.complete()) {
                return new TransferResult.Interrupted(staged.missingBytes(), fetched, reason);
            }
            if (staged.wholeFileMatches()) {
                return new TransferResult.Stored(store.commit(staged, origin, Optional.empty()), fetched, reused);
            }
            if (staged.recheck() == 0) {
                store.discard(staged.file());
                throw new RefusedException(Refusal.FILE_MISMATCH,
                        "every block is the signed one, the file is not: expected=" + staged.file().hex());
            }
            reason = "blocks rotted while they were staged";
        }
        return new TransferResult.Interrupted(staged.missingBytes(), missing - staged.missingBytes(), reason);
    }

    /** Takes from one carrier until it fails, lies, crawls or has no more; returns why it ended. */
    private String drain(Carrier carrier, StagedFile staged, BooleanSupplier calledOff) {
        CarrierWatch watch = new CarrierWatch(limits, nanoClock);
        while (!staged.complete() && !calledOff.getAsBoolean()) {
            List<Integer> wanted = staged.missing(limits.blocksPerOrder());
            long before = staged.missingBytes();
            try {
                carrier.blocks(new BlockOrder(staged.file(), staged.blocks(), wanted, rate),
                        (block, content) -> take(staged, watch, calledOff, block, content));
            } catch (CarrierFailedException e) {
                return carrier.name() + ": " + e.getMessage();
            } finally {
                // Durable now, so that peers hear of it even if the next order takes long.
                staged.flush();
            }
            if (watch.leave().isPresent()) {
                return carrier.name() + ": " + watch.leave().get();
            }
            if (staged.missingBytes() == before) {
                return carrier.name() + ": has no more";
            }
        }
        return calledOff.getAsBoolean() ? "called off" : "complete";
    }

    private BlockSink.Verdict take(StagedFile staged, CarrierWatch watch, BooleanSupplier calledOff, int block,
            ByteBuffer content) {
        boolean good = staged.accept(block, content);
        if (nanoClock.getAsLong() - lastSync >= SYNC_NANOS) {
            staged.flush();
            lastSync = nanoClock.getAsLong();
        }
        watch.saw(good, content.remaining());
        if (calledOff.getAsBoolean() || watch.leave().isPresent() || staged.complete()) {
            return BlockSink.Verdict.STOP;
        }
        return good ? BlockSink.Verdict.TAKEN : BlockSink.Verdict.BAD;
    }

    private Optional<BlockList> fetchList(FileNeed file, String[] reason) {
        for (Carrier carrier : carriers) {
            try {
                byte[] encoded = carrier.document(file.blockList(), file.blockListBytes());
                if (encoded.length == file.blockListBytes()) {
                    return Optional.of(store.verifiedList(encoded, file.blockList(), file.bytes()));
                }
                reason[0] = carrier.name() + ": block list is of another length";
            } catch (CarrierFailedException | RefusedException e) {
                // A wrong list is the carrier's lie, not the release's: the next one may be honest.
                reason[0] = carrier.name() + ": " + e.getMessage();
            }
        }
        return Optional.empty();
    }
}
