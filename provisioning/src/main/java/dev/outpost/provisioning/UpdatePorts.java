package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.FileInstaller;
import dev.outpost.provisioning.activate.ModelPreparer;
import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.TransferLimits;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * What a machine reaches the world by.
 *
 * @param carriers in order of preference
 * @param limits how transfers behave
 * @param preparer loads and switches models
 * @param installer takes opaque files
 * @param probe asks models
 * @param conditions what a rollout rule asks
 * @param listener told after each step
 * @param nanoClock monotonic nanoseconds
 */
public record UpdatePorts(List<Carrier> carriers, TransferLimits limits, ModelPreparer preparer,
        FileInstaller installer, HealthProbe probe, RolloutConditions conditions, UpdateListener listener,
        LongSupplier nanoClock) {
    /** Copies the carriers. */
    public UpdatePorts {
        carriers = List.copyOf(carriers);
    }
}
