package dev.outpost.provisioning.verify;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.storage.SimulatedDisk;
import java.util.Optional;

/**
 * One attack on a device with an installed root: real keys sign everything, one thing is wrong.
 *
 * @param name what the attacker tries
 * @param stoppedBy the only check that stops it
 * @param code the refusal it must meet
 * @param scenario returns whether the attacker reached the goal; a refusal means no
 */
record Attack(String name, Check stoppedBy, Refusal code, Scenario scenario) {
    /** The attacker's moves against one device. */
    interface Scenario {
        boolean reachesGoal(Device device);
    }

    /** A device under attack. */
    record Device(TrustState trust, Verifier verifier) {}

    /** Runs it on a fresh device; empty when the attacker reached the goal, else the refusal. */
    Optional<Refusal> run(RootDocument firstRoot, Checks checks) {
        SimulatedDisk disk = new SimulatedDisk();
        disk.makeDirectory("trust");
        Optional<RootDocument> root = Optional.of(firstRoot);
        Floors floors = Floors.at(TrustFixture.BUILD).under(TrustState.onlineKeys(root));
        TrustState trust = new TrustState(disk, root, floors);
        Device device = new Device(trust, new Verifier(trust, TrustFixture.DEVICE, checks));
        try {
            return scenario.reachesGoal(device) ? Optional.empty() : Optional.of(code);
        } catch (RefusedException refused) {
            return Optional.of(refused.code());
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
