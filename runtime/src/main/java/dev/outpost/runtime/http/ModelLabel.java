package dev.outpost.runtime.http;

import java.time.Instant;
import java.util.Optional;

/**
 * What a served model is called on the API.
 *
 * @param name id the model is served under, {@code [A-Za-z0-9._-]{1,64}}
 * @param created what {@code created} and {@code release_date} of the model list say
 * @param digest SHA-256 of its file in hexadecimal, where known
 */
public record ModelLabel(String name, Instant created, Optional<String> digest) {

    public ModelLabel {
        ApiSettings.requireName(name);
    }
}
