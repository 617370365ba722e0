package dev.outpost.provisioning.stage;

import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.List;

/**
 * Blocks to fetch.
 *
 * @param file digest of the file they belong to
 * @param blocks its block list: offsets, lengths, digests
 * @param wanted block indices, ascending
 * @param rate asked before bytes are requested
 */
public record BlockOrder(ContentDigest file, BlockList blocks, List<Integer> wanted, RateLimit rate) {
    /** Copies the indices. */
    public BlockOrder {
        wanted = List.copyOf(wanted);
    }
}
