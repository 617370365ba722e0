package dev.outpost.provisioning.gate;

import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.store.ContentDigest;

/**
 * Asks a model the golden questions of its release. Also run on a schedule and whenever JDK, kernel tier or driver
 * changed: the same verdict, then an alarm instead of a rollback.
 */
public final class HealthGate {
    private final HealthProbe probe;

    /** @param probe asks the model */
    public HealthGate(HealthProbe probe) {
        this.probe = probe;
    }

    /** Asks all questions, whatever the first ones bring, so that the verdict says how bad it is. */
    public GateVerdict judge(ContentDigest model, ReleaseManifest release) {
        int right = 0;
        String first = "";
        for (int i = 0; i < release.golden().size(); i++) {
            String failure = ask(model, release.golden().get(i), release.gate().answerMillis());
            right += failure.isEmpty() ? 1 : 0;
            first = first.isEmpty() && !failure.isEmpty() ? "question=" + i + ", " + failure : first;
        }
        boolean passed = right >= Math.min(release.gate().minimumPassed(), release.golden().size());
        return new GateVerdict(passed, right, release.golden().size(), first);
    }

    private String ask(ContentDigest model, GoldenQuestion question, int answerMillis) {
        try {
            HealthProbe.Answer answer = probe.ask(model, question);
            if (!answer.text().strip().startsWith(question.expect().strip())) {
                return "answer is not the expected one";
            }
            boolean late = answerMillis > 0 && answer.millis() > answerMillis;
            return late ? "answer came late: millis=" + answer.millis() + ", limit=" + answerMillis : "";
        } catch (ProbeFailedException e) {
            return "no answer: " + e.getMessage();
        }
    }
}
