package dev.outpost.provisioning.verify;

import java.util.List;

/**
 * What a verified freshness answer means here.
 *
 * @param behind what this device has an older version of, such as {@code root} or {@code fleet device/box-7}
 */
public record FreshnessReport(List<String> behind) {
    /** Copies the list. */
    public FreshnessReport {
        behind = List.copyOf(behind);
    }

    /** Whether nothing newer exists. */
    public boolean current() {
        return behind.isEmpty();
    }
}
