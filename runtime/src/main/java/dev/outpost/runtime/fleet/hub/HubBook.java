package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.BlockView;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.DocumentTable;
import java.util.Optional;

/** The database's documents as devices may ask for them; the files are the model store's. */
public record HubBook(DocumentTable documents) implements BlockSourceBook {

    @Override
    public Optional<BlockView> file(ContentDigest digest) {
        return Optional.empty();
    }

    @Override
    public Optional<byte[]> document(ContentDigest digest) {
        return documents.find(digest);
    }
}
