package dev.outpost.provisioning;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.Optional;

/**
 * What the device tells about an update; survives restarts.
 *
 * @param state where it stands
 * @param line the model line; empty before the documents were verified
 * @param counter the release's counter; 0 before
 * @param release digest of the release's payload
 * @param file digest of its file
 * @param attempt which try this is, from 1
 * @param refusal why it was refused
 * @param detail what happened, for people
 * @param fetchedBytes bytes carriers brought and that were kept, over all sessions
 * @param reusedBytes bytes that were here already when the last session began
 * @param rollbackMillis how long the rollback took
 */
public record UpdateReport(UpdateState state, String line, long counter, Optional<ContentDigest> release,
        Optional<ContentDigest> file, int attempt, Optional<Refusal> refusal, String detail, long fetchedBytes,
        long reusedBytes, long rollbackMillis) {
    /** Nothing was ever offered. */
    static final UpdateReport NONE = new UpdateReport(UpdateState.IDLE, "", 0, Optional.empty(), Optional.empty(), 0,
            Optional.empty(), "", 0, 0, 0);

    /** How it ended, if it has. */
    public Optional<UpdateOutcome> outcome() {
        return state.outcome();
    }

    UpdateReport in(UpdateState next) {
        return new UpdateReport(next, line, counter, release, file, attempt, refusal, detail, fetchedBytes, reusedBytes,
                rollbackMillis);
    }

    UpdateReport about(String newLine, long newCounter, ContentDigest newRelease, ContentDigest newFile) {
        return new UpdateReport(state, newLine, newCounter, Optional.of(newRelease), Optional.of(newFile), attempt,
                refusal, detail, fetchedBytes, reusedBytes, rollbackMillis);
    }

    UpdateReport because(Optional<Refusal> newRefusal, String newDetail) {
        return new UpdateReport(state, line, counter, release, file, attempt, newRefusal, newDetail, fetchedBytes,
                reusedBytes, rollbackMillis);
    }

    UpdateReport tried(int newAttempt) {
        return new UpdateReport(state, line, counter, release, file, newAttempt, refusal, detail, fetchedBytes,
                reusedBytes, rollbackMillis);
    }

    UpdateReport moved(long fetched, long reused) {
        return new UpdateReport(state, line, counter, release, file, attempt, refusal, detail, fetchedBytes + fetched,
                reused, rollbackMillis);
    }

    UpdateReport rolledBackIn(long millis) {
        return new UpdateReport(state, line, counter, release, file, attempt, refusal, detail, fetchedBytes,
                reusedBytes,
                millis);
    }
}
