package dev.outpost.device;

/**
 * The processor, as far as it decides how many threads to run.
 *
 * @param architecture {@code arm64}, {@code x86-64} or another word as the system spells it
 * @param model the name the processor gives itself; empty where it gives none
 * @param onlineCores logical processors that are switched on
 * @param usableCores what affinity sets and quotas of the control groups leave of them, rounded up; at least 1
 */
public record CpuProfile(String architecture, String model, int onlineCores, int usableCores) {

    public CpuProfile {
        if (onlineCores < 1 || usableCores < 1) {
            throw new IllegalArgumentException(
                    "no core: onlineCores=" + onlineCores + ", usableCores=" + usableCores);
        }
    }
}
