package dev.outpost.engine.sampling;

import java.util.Arrays;

/**
 * Logit bias and penalties, applied to a row in place and taken back after the choice.
 *
 * <p>Repetition: the logit of each token among the last {@value #WINDOW} of prompt and answer is divided by the penalty
 * where positive, multiplied where negative (Keskar et al., CTRL, 2019; window and sign rule as llama.cpp has them).
 * Frequency and presence: as OpenAI documents them, over the generated tokens alone: the logit falls by
 * {@code count * frequency + presence} for each token generated so far.
 */
final class Adjustments {

    static final int WINDOW = 64;

    private final int[] biasIds;
    private final float[] biases;
    private final float repeat;
    private final float frequency;
    private final float presence;
    private final TokenCounts generated = new TokenCounts();
    private final int[] window = new int[WINDOW];
    private long seen;
    private int[] touched = new int[WINDOW];
    private float[] originals = new float[WINDOW];
    private int touchedCount;

    Adjustments(SamplingOptions options, int[] prompt) {
        biasIds = options.logitBias().keySet().stream().mapToInt(Integer::intValue).sorted().toArray();
        biases = new float[biasIds.length];
        for (int i = 0; i < biases.length; i++) {
            biases[i] = options.logitBias().get(biasIds[i]);
        }
        repeat = options.repeatPenalty();
        frequency = options.frequencyPenalty();
        presence = options.presencePenalty();
        for (int i = Math.max(0, prompt.length - WINDOW); i < prompt.length; i++) {
            remember(prompt[i]);
        }
    }

    void apply(float[] logits) {
        touchedCount = 0;
        for (int i = 0; i < biasIds.length; i++) {
            set(logits, biasIds[i], logits[biasIds[i]] + biases[i]);
        }
        if (repeat != 1) {
            applyRepeat(logits);
        }
        if (frequency != 0 || presence != 0) {
            applyCounts(logits);
        }
    }

    /** Undoes {@link #apply} in reverse, so a token touched twice gets its first value back. */
    void restore(float[] logits) {
        while (touchedCount > 0) {
            touchedCount--;
            logits[touched[touchedCount]] = originals[touchedCount];
        }
    }

    void chosen(int id) {
        remember(id);
        if (frequency != 0 || presence != 0) {
            generated.add(id, 1);
        }
    }

    private void remember(int id) {
        window[(int) (seen++ % WINDOW)] = id;
    }

    private void applyRepeat(float[] logits) {
        int held = (int) Math.min(seen, WINDOW);
        for (int i = 0; i < held; i++) {
            int id = window[i];
            if (firstInWindow(i)) {
                float logit = logits[id];
                set(logits, id, logit > 0 ? logit / repeat : logit * repeat);
            }
        }
    }

    private boolean firstInWindow(int at) {
        for (int i = 0; i < at; i++) {
            if (window[i] == window[at]) {
                return false;
            }
        }
        return true;
    }

    private void applyCounts(float[] logits) {
        for (int cell = 0; cell < generated.cells(); cell++) {
            int id = generated.id(cell);
            if (id >= 0) {
                set(logits, id, logits[id] - generated.count(cell) * frequency - presence);
            }
        }
    }

    private void set(float[] logits, int id, float value) {
        if (touchedCount == touched.length) {
            touched = Arrays.copyOf(touched, touchedCount * 2);
            originals = Arrays.copyOf(originals, touchedCount * 2);
        }
        touched[touchedCount] = id;
        originals[touchedCount++] = logits[id];
        logits[id] = value;
    }
}
