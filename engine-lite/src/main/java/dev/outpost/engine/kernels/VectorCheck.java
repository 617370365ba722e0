package dev.outpost.engine.kernels;

import dev.outpost.engine.failure.EngineFaultException;
import java.util.Optional;

/** Whether this JVM runs the vector tier at speed; without its compiler it would be a hundred times slower, silently. */
final class VectorCheck {

    private static final String MODULE = "jdk.incubator.vector";

    private VectorCheck() {}

    /** @throws EngineFaultException code {@code vector_unavailable}, with the reason and the flag that helps */
    static void require() {
        refusal(ModuleLayer.boot().findModule(MODULE).isPresent(), System.getProperty("java.vm.info", ""))
                .ifPresent(reason -> {
                    throw new EngineFaultException("vector_unavailable", reason, null);
                });
    }

    static boolean modulePresent() {
        return ModuleLayer.boot().findModule(MODULE).isPresent();
    }

    /**
     * @param module the Vector API's module is in the boot layer
     * @param vmInfo the JVM's own words on its mode
     */
    static Optional<String> refusal(boolean module, String vmInfo) {
        if (!module) {
            return Optional.of("the Vector API is not there: start java with --add-modules " + MODULE);
        }
        if (vmInfo.contains("interpreted")) {
            return Optional.of("this JVM only interprets: remove -Xint: vmInfo=" + vmInfo);
        }
        if (vmInfo.contains("emulated-client") || !vmInfo.contains("mixed") && !vmInfo.contains("compiled")) {
            return Optional.of("this JVM has no optimising compiler: remove -XX:TieredStopAtLevel: vmInfo=" + vmInfo);
        }
        return Optional.empty();
    }
}
