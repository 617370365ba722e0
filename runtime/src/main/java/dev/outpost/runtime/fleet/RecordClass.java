package dev.outpost.runtime.fleet;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a telemetry record is, the most important first. Each class is a stream of its own. */
public enum RecordClass {
    ALARM, EVENT, METRIC, LOG;

    /** The stream's name on disk and on the wire. */
    public String stream() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<RecordClass> ofStream(String stream) {
        return Arrays.stream(values()).filter(value -> value.stream().equals(stream)).findFirst();
    }

    /** In the order in which space is given up. */
    static List<RecordClass> leastImportantFirst() {
        return Arrays.asList(values()).reversed();
    }
}
