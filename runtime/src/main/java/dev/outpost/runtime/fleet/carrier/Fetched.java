package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.ContentDigest;

/** The one check every carrier makes itself: a document is what its digest says. */
final class Fetched {
    private Fetched() {}

    static byte[] document(byte[] content, ContentDigest digest) throws CarrierFailedException {
        if (!ContentDigest.of(content).equals(digest)) {
            throw new CarrierFailedException("document is another one: expected=" + digest.hex() + ", found="
                    + ContentDigest.of(content).hex(), null);
        }
        return content;
    }
}
