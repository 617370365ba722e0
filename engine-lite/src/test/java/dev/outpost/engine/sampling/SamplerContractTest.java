package dev.outpost.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.EngineFaultException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The sampler against its formulas, written again in the plainest way: sort everything, sum in double. */
class SamplerContractTest {

    private static final int DRAWS = 20_000;

    @Test
    void greedyTakesTheLargestAndTheLowestIdOfEquals() {
        assertEquals(2, sampler(SamplingOptions.GREEDY, 5).sample(new float[]{1, 2, 7, 7, -1}));
        assertEquals(0, sampler(SamplingOptions.GREEDY, 2).sample(new float[]{-0f, 0f}));
        assertEquals(4, sampler(SamplingOptions.GREEDY, 5).sample(new float[]{-9, -8, -7, -6, -5}));
    }

    @Test
    void temperatureDrawsFromTheSoftmax() {
        float[] logits = {0, 1, 2, -1, 0.5f, -20};
        assertDistribution(logits, options(0.7f, 0, 1, 0), softmax(logits, 0.7, id -> true));
    }

    @Test
    void topKKeepsTheLargest() {
        float[] logits = {0, 1, 2, -1, 1, 0.5f};
        assertDistribution(logits, options(1, 2, 1, 0), softmax(logits, 1, id -> id == 1 || id == 2));
    }

    @Test
    void topPKeepsTheFewestThatHoldTheShare() {
        float[] logits = {2, 1, 0, -1, -2};
        double[] all = softmax(logits, 1, id -> true);
        assertTrue(all[0] + all[1] > 0.85 && all[0] < 0.85);
        assertDistribution(logits, options(1, 0, 0.85f, 0), softmax(logits, 1, id -> id <= 1));
    }

    @Test
    void minPKeepsWhatIsNotTooFarBelowTheBest() {
        float[] logits = {2, 1.5f, 0, -1};
        assertDistribution(logits, options(1, 0, 1, 0.5f), softmax(logits, 1, id -> id <= 1));
    }

    @Test
    void filtersKeepWhatASortKeepsOnRandomRows() {
        Random random = new Random(7);
        for (int trial = 0; trial < 60; trial++) {
            int vocabulary = 50 + random.nextInt(3000);
            float[] logits = randomLogits(random, vocabulary, trial % 3 == 0);
            float topP = trial % 2 == 0 ? 1 : 0.05f + 0.9f * random.nextFloat();
            int topK = trial % 4 == 0 ? 0 : 1 + random.nextInt(vocabulary);
            float minP = trial % 5 == 0 ? 0.3f * random.nextFloat() : 0;
            Set<Integer> expected = keptBySorting(logits, topK, topP, minP, 0.9);
            SamplerScratch scratch = new SamplerScratch(vocabulary);
            Sampler sampler = new Sampler(new SamplingOptions(0.9f, topK, topP, minP, 1, 0, 0, Map.of(), trial),
                    new int[0], scratch);
            for (int i = 0; i < 200; i++) {
                int id = sampler.sample(logits);
                assertTrue(expected.contains(id), () -> "token outside the kept set: id=" + id);
            }
        }
    }

    @Test
    void repetitionPenaltySeesPromptAndAnswerInItsWindow() {
        SamplingOptions options = new SamplingOptions(0, 0, 1, 0, 2, 0, 0, Map.of(), 0);
        Sampler sampler = new Sampler(options, new int[]{0}, new SamplerScratch(4));
        float[] logits = {3, 2, -1, -1.5f};
        assertEquals(1, sampler.sample(logits), "3 / 2 is below 2");
        assertEquals(0, sampler.sample(logits), "2 / 2 is below 3 / 2");
        int[] old = new int[Adjustments.WINDOW + 1];
        Arrays.fill(old, 1, old.length, 3);
        assertEquals(0, new Sampler(options, old, new SamplerScratch(4)).sample(logits), "out of the window");
        assertEquals(2, new Sampler(options, new int[]{3, 3, 0, 1}, new SamplerScratch(4))
                .sample(new float[]{-1, -1, -1.2f, -1.1f}), "negative logits are multiplied, once");
    }

    @Test
    void frequencyAndPresencePenaltiesCountGeneratedTokensAlone() {
        SamplingOptions options = new SamplingOptions(0, 0, 1, 0, 1, 0.5f, 0.25f, Map.of(), 0);
        Sampler sampler = new Sampler(options, new int[]{0, 0, 0, 0}, new SamplerScratch(2));
        float[] logits = {2, 0};
        List<Integer> drawn = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            drawn.add(sampler.sample(logits));
        }
        // After n tokens 0 its logit is 2 - 0.5 n - 0.25: below 0 from n = 4 on; token 1 then falls to -0.75.
        assertEquals(List.of(0, 0, 0, 0, 1, 0), drawn);
    }

    @Test
    void logitBiasForcesAndForbids() {
        float[] logits = {5, 0, 0};
        assertEquals(2, sampler(new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(2, 100f), 0), 3).sample(logits));
        SamplingOptions forbid = new SamplingOptions(1, 0, 1, 0, 1, 0, 0, Map.of(0, -100f), 0);
        Sampler sampler = sampler(forbid, 3);
        for (int i = 0; i < 1000; i++) {
            assertTrue(sampler.sample(logits) != 0);
        }
        assertThrows(IllegalArgumentException.class,
                () -> sampler(new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(3, 1f), 0), 3));
    }

    @Test
    void leavesTheLogitsAsTheyWere() {
        float[] logits = randomLogits(new Random(3), 500, false);
        float[] before = logits.clone();
        Sampler sampler = new Sampler(new SamplingOptions(1, 40, 0.9f, 0.01f, 1.3f, 1, 1, Map.of(1, 3f, 7, -9f), 5),
                new int[]{1, 7, 9}, new SamplerScratch(500));
        for (int i = 0; i < 100; i++) {
            sampler.sample(logits);
            assertArrayEquals(before, logits);
        }
    }

    @Test
    void equalSeedsDrawEqualTokensWhateverRunsBetween() {
        float[] logits = randomLogits(new Random(11), 2000, false);
        SamplerScratch shared = new SamplerScratch(2000);
        Sampler first = new Sampler(options(1, 50, 0.95f, 0), new int[0], shared);
        Sampler noise = new Sampler(new SamplingOptions(1.5f, 0, 0.5f, 0, 1.1f, 0, 0, Map.of(), 99), new int[0],
                shared);
        Sampler second = new Sampler(options(1, 50, 0.95f, 0), new int[0], new SamplerScratch(2000));
        int[] alone = IntStream.range(0, 300).map(i -> second.sample(logits)).toArray();
        int[] mixed = IntStream.range(0, 300).map(i -> {
            noise.sample(logits);
            return first.sample(logits);
        }).toArray();
        assertArrayEquals(alone, mixed);
        Sampler other = new Sampler(new SamplingOptions(1, 50, 0.95f, 0, 1, 0, 0, Map.of(), 2), new int[0], shared);
        assertTrue(!Arrays.equals(alone, IntStream.range(0, 300).map(i -> other.sample(logits)).toArray()));
    }

    @Test
    void drawsTheSameIdsOnEveryMachine() {
        float[] logits = new float[1000];
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (i * 7919 % 1000) / 100f;
        }
        Sampler sampler = new Sampler(new SamplingOptions(0.8f, 0, 0.95f, 0.001f, 1.1f, 0.2f, 0.1f, Map.of(5, 2f), 42),
                new int[]{1, 2, 3}, new SamplerScratch(1000));
        int[] drawn = IntStream.range(0, 12).map(i -> sampler.sample(logits)).toArray();
        assertArrayEquals(new int[]{346, 953, 494, 75, 680, 87, 210, 742, 136, 730, 643, 198}, drawn);
    }

    @Test
    void refusesLogitsThatAreNotFinite() {
        for (float bad : new float[]{Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
            for (int at : new int[]{0, 1, 2}) {
                float[] logits = {1, 3, 2};
                logits[at] = bad;
                EngineFaultException fault = assertThrows(EngineFaultException.class,
                        () -> sampler(SamplingOptions.GREEDY, 3).sample(logits));
                assertEquals("sampler_failed", fault.code());
                assertTrue(fault.getMessage().contains("token=" + at), fault.getMessage());
            }
        }
    }

    private static Sampler sampler(SamplingOptions options, int vocabulary) {
        return new Sampler(options, new int[0], new SamplerScratch(vocabulary));
    }

    private static SamplingOptions options(float temperature, int topK, float topP, float minP) {
        return new SamplingOptions(temperature, topK, topP, minP, 1, 0, 0, Map.of(), 1);
    }

    private static float[] randomLogits(Random random, int vocabulary, boolean ties) {
        float[] logits = new float[vocabulary];
        for (int i = 0; i < vocabulary; i++) {
            logits[i] = ties ? random.nextInt(6) - 3 : (float) random.nextGaussian() * 3;
        }
        return logits;
    }

    private static double[] softmax(float[] logits, double temperature, java.util.function.IntPredicate kept) {
        double[] p = new double[logits.length];
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            p[i] = kept.test(i) ? StrictMath.exp(logits[i] / temperature) : 0;
            sum += p[i];
        }
        for (int i = 0; i < p.length; i++) {
            p[i] /= sum;
        }
        return p;
    }

    /** Ranks by logit, equals by id, and cuts; the share of top-p gets slack for the other order of summation. */
    private static Set<Integer> keptBySorting(float[] logits, int topK, float topP, float minP, double temperature) {
        List<Integer> ranked = new ArrayList<>(IntStream.range(0, logits.length).boxed()
                .sorted(Comparator.<Integer>comparingDouble(id -> -logits[id]).thenComparingInt(id -> id)).toList());
        if (topK > 0 && topK < ranked.size()) {
            ranked = ranked.subList(0, topK);
        }
        double best = logits[ranked.getFirst()];
        double total = ranked.stream().mapToDouble(id -> StrictMath.exp((logits[id] - best) / temperature)).sum();
        Set<Integer> kept = new HashSet<>();
        double sum = 0;
        for (int id : ranked) {
            double weight = StrictMath.exp((logits[id] - best) / temperature);
            if (sum >= topP * total * (1 + 1e-9) || weight < minP * (1 - 1e-9)) {
                break;
            }
            kept.add(id);
            sum += weight;
        }
        return kept;
    }

    /** Pearson's statistic over the kept tokens, against mean + 4 deviations of its distribution. */
    private static void assertDistribution(float[] logits, SamplingOptions options, double[] expected) {
        int[] counts = new int[logits.length];
        Sampler sampler = new Sampler(options, new int[0], new SamplerScratch(logits.length));
        for (int i = 0; i < DRAWS; i++) {
            counts[sampler.sample(logits)]++;
        }
        double statistic = 0;
        int cells = 0;
        for (int i = 0; i < counts.length; i++) {
            if (expected[i] == 0) {
                assertEquals(0, counts[i], "token that was filtered out: id=" + i);
            } else if (expected[i] * DRAWS >= 5) {
                double off = counts[i] - expected[i] * DRAWS;
                statistic += off * off / (expected[i] * DRAWS);
                cells++;
            }
        }
        double limit = cells + 4 * Math.sqrt(2.0 * cells);
        assertTrue(statistic < limit, "chi-square=" + statistic + ", limit=" + limit);
    }
}
