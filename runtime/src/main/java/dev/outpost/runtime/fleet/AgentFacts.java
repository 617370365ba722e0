package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.verify.DeviceFacts;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.util.List;
import java.util.Set;

/**
 * Who this device is in this run of its process.
 *
 * @param site its site
 * @param device its id
 * @param groups groups it is in
 * @param profile its device profile, {@code [a-z0-9-]{1,64}}
 * @param runtime version of the runtime
 * @param jdk version of the Java runtime
 * @param bootId drawn at the start of the process
 * @param pins SHA-256 digests (hex) of the fleet's authorities; empty without a claim
 */
public record AgentFacts(String site, String device, Set<String> groups, String profile, Version runtime, String jdk,
        long bootId, List<String> pins) {

    public AgentFacts {
        groups = Set.copyOf(groups);
        pins = List.copyOf(pins);
    }

    /** As the verifier wants it. */
    public DeviceFacts deviceFacts() {
        return new DeviceFacts(site, device, groups, profile, runtime);
    }

    /** Where this device speaks and listens. */
    public TopicPlan topics() {
        return new TopicPlan(site, device);
    }

    /** The boot id as it is written. */
    public String boot() {
        return TelemetryBatch.hex(bootId);
    }
}
