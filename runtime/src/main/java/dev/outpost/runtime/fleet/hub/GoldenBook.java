package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.gate.HealthProbe;
import dev.outpost.provisioning.gate.ProbeFailedException;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.store.ContentDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/** Asks a model its golden questions before it is released, as a device's gate will: a wrong answer is no release. */
public final class GoldenBook {
    private static final int MOST_CHARACTERS = 1024;

    private GoldenBook() {}

    /**
     * Questions with verified answers.
     *
     * @param questions all of them
     * @param slowestMillis the longest that any answer took here
     */
    public record Verified(List<GoldenQuestion> questions, long slowestMillis) {
        /** Copies the questions. */
        public Verified {
            questions = List.copyOf(questions);
        }
    }

    /**
     * Asks every question. One without an expected answer gets the model's own.
     *
     * @param progress told the number of questions answered
     * @throws FleetException {@code GOLDEN} when an answer is not the expected one, or blank
     */
    public static Verified verify(HealthProbe probe, ContentDigest model, List<GoldenFile.Asked> asked,
            IntConsumer progress) {
        List<GoldenQuestion> questions = new ArrayList<>();
        long slowest = 0;
        for (int i = 0; i < asked.size(); i++) {
            HealthProbe.Answer answer = ask(probe, model, asked.get(i), i);
            String said = answer.text().strip();
            String expect = asked.get(i).expect().map(String::strip).orElse(said);
            expect = expect.substring(0, Math.min(MOST_CHARACTERS, expect.length()));
            if (said.isEmpty() || !said.startsWith(expect)) {
                throw new FleetException(FleetException.Reason.GOLDEN, "the model answers otherwise: question=" + i
                        + ", expected=" + shortened(expect) + ", found=" + shortened(said));
            }
            questions.add(asked.get(i).expecting(expect));
            slowest = Math.max(slowest, answer.millis());
            progress.accept(i + 1);
        }
        return new Verified(questions, slowest);
    }

    private static HealthProbe.Answer ask(HealthProbe probe, ContentDigest model, GoldenFile.Asked asked, int index) {
        try {
            return probe.ask(model, asked.expecting(""));
        } catch (ProbeFailedException e) {
            throw new FleetException(FleetException.Reason.GOLDEN,
                    "the model gives no answer: question=" + index + ": " + e.getMessage(), e);
        }
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() > 60 ? "\"" + line.substring(0, 60) + "…\"" : "\"" + line + "\"";
    }
}
