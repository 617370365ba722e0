package dev.outpost.provisioning.stage;

import dev.outpost.provisioning.store.StoredModel;

/** How a transfer ended; a refusal is thrown instead. */
public sealed interface TransferResult {
    /**
     * The file is stored.
     *
     * @param model the file
     * @param fetchedBytes bytes that carriers brought and that were kept
     * @param reusedBytes bytes taken from files already here, or kept from an earlier session
     */
    record Stored(StoredModel model, long fetchedBytes, long reusedBytes) implements TransferResult {}

    /**
     * No carrier can bring more for now; what came is kept.
     *
     * @param missingBytes bytes still missing
     * @param fetchedBytes bytes that carriers brought and that were kept
     * @param reason what the last carrier said
     */
    record Interrupted(long missingBytes, long fetchedBytes, String reason) implements TransferResult {}
}
