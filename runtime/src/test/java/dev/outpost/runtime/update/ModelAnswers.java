package dev.outpost.runtime.update;

import dev.outpost.provisioning.gate.ProbeFailedException;
import dev.outpost.provisioning.manifest.GoldenQuestion;

/** What a loaded model answers to a golden question, for tests that sign the answer. */
public final class ModelAnswers {

    private ModelAnswers() {}

    public static String of(LoadedModel model, GoldenQuestion question) throws ProbeFailedException {
        return EngineHealthProbe.over(model).ask(model.digest().orElseThrow(), question).text();
    }

    /** How often a schedule had its turn. */
    public static int turns(GoldenSchedule schedule) {
        return schedule.turns();
    }
}
