package dev.outpost.runtime;

import java.time.Instant;
import java.util.Optional;

/** Facts about this release. */
final class Release {

    /** No proven time lies before it: {@code project.build.outputTimestamp} of the build. */
    static final Instant BUILT = Instant.parse("2026-11-01T00:00:00Z");

    private Release() {}

    /** From the jar's manifest; {@code development} where classes are not in a jar. */
    static String version() {
        return Optional.ofNullable(Release.class.getPackage().getImplementationVersion()).orElse("development");
    }
}
