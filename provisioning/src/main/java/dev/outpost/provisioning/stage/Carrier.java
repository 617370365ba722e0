package dev.outpost.provisioning.stage;

import dev.outpost.provisioning.store.ContentDigest;

/**
 * Port: a way by which documents and blocks come in: MQTT, HTTP Range, a stick, a peer on the site. Nothing it delivers
 * is trusted. Implemented in {@code runtime}; called by one thread, which it may block up to deadlines of its own.
 */
public interface Carrier {
    /** A word for logs and reports, such as {@code mqtt}. */
    String name();

    /**
     * Fetches a small content-addressed object, such as a block list.
     *
     * @param digest its digest
     * @param bytes its signed length; the carrier must not read further
     */
    byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException;

    /**
     * Fetches blocks and hands each to the sink as soon as it is whole, on the calling thread. Returns when all were
     * handed over, the sink said stop, or this carrier can bring no more for now. Ascending order keeps what a power
     * cut may cost below one sync interval.
     *
     * @throws CarrierFailedException when the link fails; blocks handed over before stay
     */
    void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException;
}
