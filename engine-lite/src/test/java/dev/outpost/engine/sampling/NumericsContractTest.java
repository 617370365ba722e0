package dev.outpost.engine.sampling;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.EngineFaultException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NumericsContractTest {

    @Test
    void exponentialStaysWithinItsError() {
        for (double x = 0; x > Exponential.LEAST; x -= 0.00137) {
            double exact = StrictMath.exp(x);
            assertTrue(Math.abs(Exponential.of(x) - exact) <= 1e-13 * exact, "x=" + x);
        }
        assertEquals(1, Exponential.of(0));
        assertEquals(Exponential.of(Exponential.LEAST), Exponential.of(-1e30));
    }

    @Test
    void generatorIsSplitMix64() {
        // Expectations computed with arbitrary-precision integers from the paper's definition.
        SplitMix random = new SplitMix(0);
        long[] expected = reference(0, 4);
        for (long value : expected) {
            assertEquals(value, random.next());
        }
        SplitMix unit = new SplitMix(1234567);
        for (int i = 0; i < 10_000; i++) {
            double u = unit.nextUnit();
            assertTrue(u >= 0 && u < 1);
        }
    }

    @Test
    void logProbabilitiesAreTheLogSoftmaxOfTheRawLogits() {
        Random random = new Random(5);
        float[] logits = new float[3000];
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) random.nextGaussian() * 5 + 300;
            sum += StrictMath.exp(logits[i] - 300.0);
        }
        LogProbabilities probabilities = new LogProbabilities(20);
        probabilities.read(logits, logits.length);
        for (int i = 0; i < logits.length; i++) {
            assertEquals((float) (logits[i] - 300.0 - StrictMath.log(sum)), probabilities.of(i), 2e-6);
        }
        assertEquals(20, probabilities.topCount());
        for (int rank = 1; rank < 20; rank++) {
            assertTrue(logits[probabilities.topId(rank - 1)] >= logits[probabilities.topId(rank)]);
        }
        logits[17] = Float.NaN;
        assertThrows(EngineFaultException.class, () -> probabilities.read(logits, logits.length));
    }

    @Test
    void alternativesOfEqualLogitsComeInIdOrder() {
        LogProbabilities probabilities = new LogProbabilities(3);
        probabilities.read(new float[]{1, 2, 1, 2, 1}, 5);
        assertEquals(1, probabilities.topId(0));
        assertEquals(3, probabilities.topId(1));
        assertEquals(0, probabilities.topId(2));
        probabilities.read(new float[]{4, 5}, 2);
        assertEquals(2, probabilities.topCount());
    }

    @Test
    void countsSurviveGrowth() {
        TokenCounts counts = new TokenCounts();
        for (int round = 0; round < 3; round++) {
            for (int id = 0; id < 1000; id++) {
                counts.add(id * 31, 1);
            }
        }
        int seen = 0;
        for (int cell = 0; cell < counts.cells(); cell++) {
            if (counts.id(cell) >= 0) {
                assertEquals(3, counts.count(cell));
                seen++;
            }
        }
        assertEquals(1000, seen);
    }

    private static long[] reference(long seed, int count) {
        long golden = 0x9E3779B97F4A7C15L;
        long state = mix(seed + golden);
        long[] values = new long[count];
        for (int i = 0; i < count; i++) {
            values[i] = mix(state + golden * (i + 1));
        }
        return values;
    }

    private static long mix(long value) {
        java.math.BigInteger word = java.math.BigInteger.ONE.shiftLeft(64);
        java.math.BigInteger z = new java.math.BigInteger(Long.toUnsignedString(value));
        z = z.xor(z.shiftRight(30)).multiply(new java.math.BigInteger("bf58476d1ce4e5b9", 16)).mod(word);
        z = z.xor(z.shiftRight(27)).multiply(new java.math.BigInteger("94d049bb133111eb", 16)).mod(word);
        return z.xor(z.shiftRight(31)).longValue();
    }
}
