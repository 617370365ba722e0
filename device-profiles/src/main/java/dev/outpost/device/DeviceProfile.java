package dev.outpost.device;

import java.util.List;
import java.util.Optional;

/**
 * What was found out about this machine.
 *
 * @param board the board's name from the device tree or DMI; empty where neither says one
 * @param temperatures one reading per thermal zone, in the kernel's order
 */
public record DeviceProfile(Optional<String> board, CpuProfile cpu, MemoryProfile memory,
        List<Temperature> temperatures) {

    public DeviceProfile {
        temperatures = List.copyOf(temperatures);
    }

    /** A thermal zone's kind, such as {@code cpu-thermal}, and its reading. */
    public record Temperature(String zone, double celsius) {}
}
