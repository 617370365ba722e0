package dev.outpost.runtime.http.blocks;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.store.ContentDigest;
import io.helidon.webserver.http.ServerRequest;
import java.util.Optional;

/** The digest in a request's path. */
final class Digests {
    private Digests() {}

    static Optional<ContentDigest> of(ServerRequest request) {
        try {
            return Optional.of(new ContentDigest(request.path().pathParameters().get("hex")));
        } catch (RefusedException notOne) {
            return Optional.empty();
        }
    }
}
