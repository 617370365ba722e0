package dev.outpost.runtime;

import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.http.ApiServer;
import dev.outpost.runtime.http.ModelLabel;
import dev.outpost.runtime.update.LoadedModel;
import dev.outpost.runtime.update.ModelName;
import dev.outpost.runtime.update.Serving;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** Moves the listener's requests between models, each under its name. */
record HttpServing(ApiServer server, RuntimeConfig.Model names) implements Serving {

    @Override
    public void serve(LoadedModel model) throws InterruptedException {
        server.serve(model.engine(),
                new ModelLabel(name(model), created(model.file()), model.digest().map(ContentDigest::hex)));
    }

    @Override
    public void suspend() {
        server.suspend();
    }

    @Override
    public boolean awaitIdle(LoadedModel model, Duration patience) throws InterruptedException {
        return server.awaitIdle(model.engine(), patience);
    }

    /** A stored file is named by its digest, so the model's own title is taken there. */
    private String name(LoadedModel model) {
        return names.name().orElseGet(() -> model.digest().isPresent()
                ? ModelName.of(model.engine().card().name())
                : ModelName.of(model.file()));
    }

    /** A model is as old as its file; the model list says so. */
    private static Instant created(Path file) {
        try {
            return Files.getLastModifiedTime(file).toInstant();
        } catch (IOException goneMeanwhile) {
            return Instant.now();
        }
    }
}
