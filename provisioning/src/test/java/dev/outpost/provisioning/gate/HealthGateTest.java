package dev.outpost.provisioning.gate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.verify.TrustFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HealthGateTest {
    private static final ReleaseManifest RELEASE = TrustFixture.release(1);
    private static final ContentDigest MODEL = RELEASE.file().sha256();

    @Test
    void passesWhenEnoughAnswersBeginAsExpected() {
        GateVerdict verdict = judge(Map.of("2 + 2 = ?", " 4, of course", "capital of France?", "Paris."), 10);
        assertTrue(verdict.passed());
        assertEquals(2, verdict.right());
    }

    @Test
    void failsOnOneWrongAnswerTooManyAndNamesTheQuestionNotTheText() {
        GateVerdict verdict = judge(Map.of("2 + 2 = ?", "4", "capital of France?", "London"), 10);
        assertFalse(verdict.passed());
        assertEquals("question=1, answer is not the expected one", verdict.detail());
    }

    @Test
    void aRightAnswerThatComesLateIsNone() {
        GateVerdict verdict = judge(Map.of("2 + 2 = ?", "4", "capital of France?", "Paris"), 5001);
        assertFalse(verdict.passed());
        assertEquals("question=0, answer came late: millis=5001, limit=5000", verdict.detail());
    }

    @Test
    void noAnswerAtAllIsAFailureAndTheRestIsStillAsked() {
        GateVerdict verdict = judge(Map.of("capital of France?", "Paris"), 10);
        assertFalse(verdict.passed());
        assertEquals(1, verdict.right());
    }

    @Test
    void trialPassesAfterEnoughGoodAnswersAndFailsAfterThreeBadOnesInARow() {
        TrialPeriod trial = new TrialPeriod(2);
        assertEquals(TrialPeriod.Status.PENDING, trial.answered(true));
        assertEquals(TrialPeriod.Status.PENDING, trial.answered(false));
        assertEquals(TrialPeriod.Status.PENDING, trial.answered(false));
        assertEquals(TrialPeriod.Status.PASSED, trial.answered(true));
        TrialPeriod failing = new TrialPeriod(2);
        failing.answered(false);
        failing.answered(false);
        assertEquals(TrialPeriod.Status.FAILED, failing.answered(false));
        assertEquals(TrialPeriod.Status.PASSED, new TrialPeriod(0).status());
    }

    private static GateVerdict judge(Map<String, String> answers, long millis) {
        return new HealthGate((model, question) -> {
            String text = answers.get(question.prompt());
            if (text == null) {
                throw new ProbeFailedException("nothing", null);
            }
            return new HealthProbe.Answer(text, millis);
        }).judge(MODEL, RELEASE);
    }
}
