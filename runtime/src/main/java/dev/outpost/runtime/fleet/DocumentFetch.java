package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.wire.Desired.Reference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fetches documents by digest from the first carrier that has them, and keeps the last ones: retained messages come again
 * at every connect. Used by the update's thread, as the carriers are.
 */
final class DocumentFetch {
    private static final int MOST_KEPT = 32;

    private final List<Carrier> carriers;
    private final Map<ContentDigest, byte[]> kept = new LinkedHashMap<>();

    DocumentFetch(List<Carrier> carriers) {
        this.carriers = List.copyOf(carriers);
    }

    byte[] fetch(Reference reference) throws CarrierFailedException {
        byte[] known = kept.get(reference.digest());
        if (known != null) {
            return known;
        }
        var last = new CarrierFailedException("no carrier is configured", null);
        for (Carrier carrier : carriers) {
            try {
                byte[] found = carrier.document(reference.digest(), reference.bytes());
                if (ContentDigest.of(found).equals(reference.digest())) {
                    keep(reference.digest(), found);
                    return found;
                }
                last = new CarrierFailedException("carrier brought another document: carrier=" + carrier.name()
                        + ", digest=" + reference.digest().brief(), null);
            } catch (CarrierFailedException e) {
                last = e;
            }
        }
        throw last;
    }

    private void keep(ContentDigest digest, byte[] document) {
        if (kept.size() >= MOST_KEPT) {
            kept.remove(kept.keySet().iterator().next());
        }
        kept.put(digest, document);
    }
}
