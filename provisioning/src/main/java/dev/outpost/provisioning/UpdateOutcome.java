package dev.outpost.provisioning;

import java.util.Locale;

/** How an update ended, named after the condition the device is left in. */
public enum UpdateOutcome {
    /** The new file is in use and proven. */
    ACTIVATED,
    /** The offer was refused before anything changed. */
    REFUSED_NOTHING_CHANGED,
    /** The new model failed; the one before serves again. */
    ROLLED_BACK_TO_PREVIOUS,
    /** The new model failed and none before it serves: the device works, without a model. */
    ROLLBACK_FAILED_NEEDS_HANDS;

    /** The word in reports. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
