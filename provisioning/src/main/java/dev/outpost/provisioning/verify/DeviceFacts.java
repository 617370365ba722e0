package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.manifest.Version;
import java.util.Set;

/**
 * Who this device is to its fleet.
 *
 * @param site its site
 * @param device its id
 * @param groups groups it is in
 * @param profile its device profile
 * @param runtime the running version
 */
public record DeviceFacts(String site, String device, Set<String> groups, String profile, Version runtime) {
    /** Copies the groups. */
    public DeviceFacts {
        groups = Set.copyOf(groups);
    }
}
