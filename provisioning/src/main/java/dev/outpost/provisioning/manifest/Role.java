package dev.outpost.provisioning.manifest;

import java.util.Locale;

/** Who may sign what. */
public enum Role {
    /** Offline, 2 of 3: keys and thresholds of all roles, revoked releases. */
    ROOT,
    /** Offline, threshold 2: what a model is. */
    RELEASE,
    /** Online, per site: what a device or group shall run. */
    FLEET,
    /** Online, short-lived: what is newest, for a device's nonce. */
    FRESHNESS,
    /** Ownership transfer and wipe. */
    OWNER;

    /** The word used in documents. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
