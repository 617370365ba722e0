package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.engine.ModelCard;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.supervise.AotCache;
import java.util.Locale;

/** The facts of a start on one line: what an operator asks first when a box behaves differently than another. */
final class StartLine {

    private StartLine() {}

    static String of(Setup setup, Engine engine, AotCache aot) {
        var cpu = setup.device().cpu();
        ModelCard card = engine.card();
        MemoryPlan plan = engine.plan();
        return "start: cores=" + cpu.usableCores() + " of " + cpu.onlineCores() + ", threads="
                + setup.options().threads() + ", tier=" + engine.tier().word() + ", profile="
                + setup.profile() + ", model=" + card.name() + " " + card.architecture() + " " + card.quantisation()
                + ", context=" + plan.context() + " x " + plan.parallel() + ", plan=" + mebibytes(plan.total())
                + ", budget=" + mebibytes(plan.budget()) + (plan.reduced().isEmpty()
                        ? ""
                        : ", reduced=" + String.join("+", plan.reduced()))
                + ", aot=" + aotWord(aot);
    }

    private static String aotWord(AotCache aot) {
        String word = aot.state().name().toLowerCase(Locale.ROOT);
        return switch (aot.state()) {
            case USED, OFF -> word;
            case STALE, MISSING -> word + (aot.trainable() ? " (is made in the background)" : " (costs start time)");
        };
    }

    private static String mebibytes(long bytes) {
        return (bytes >> 20) + " MiB";
    }
}
