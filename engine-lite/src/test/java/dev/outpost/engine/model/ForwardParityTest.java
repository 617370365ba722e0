package dev.outpost.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.quant.QuantType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A row's result depends on its own sequence alone: compared bit for bit. */
class ForwardParityTest {

    private static final int[] TOKENS = new Random(7).ints(45, 0, 280).toArray();

    @TempDir
    private static Path folder;

    @ParameterizedTest
    @CsvSource({"llama, Q4_1, F16", "llama, Q8_0, Q8_0", "qwen2, Q4_0, F16", "qwen2, F16, Q8_0", "qwen3, Q5_0, F16",
            "qwen3, Q6_K, Q8_0", "llama, F32, F16", "llama, Q4_K, F16", "qwen3, BF16, F16", "llama, Q5_1, F16",
            "llama, Q5_K, F16"})
    void givesTheSameBitsHoweverThePromptIsSplit(String architecture, QuantType type, KvType kvType) {
        try (var tiny = tiny(architecture, type, kvType, 1, IsaLevel.CUDA)) {
            var slot = tiny.model.newKv();
            var whole = tiny.score(TOKENS, TOKENS.length, slot);
            for (int step : new int[]{1, 2, 7, 32}) {
                assertArrayEquals(bits(whole), bits(tiny.score(TOKENS, step, slot)), "step=" + step);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama, Q4_1", "qwen2, Q8_0", "qwen3, Q4_K"})
    void givesTheSameBitsOnAnyThreadCountAndTier(String architecture, QuantType type) {
        int[][] expected;
        try (var tiny = tiny(architecture, type, KvType.F16, 1, IsaLevel.SCALAR)) {
            expected = bits(tiny.score(TOKENS, 16, tiny.model.newKv()));
        }
        for (int threads = 1; threads <= 3; threads++) {
            for (var cap : new IsaLevel[]{IsaLevel.SCALAR, IsaLevel.CUDA}) {
                try (var tiny = tiny(architecture, type, KvType.F16, threads, cap)) {
                    assertArrayEquals(expected, bits(tiny.score(TOKENS, 16, tiny.model.newKv())),
                            "threads=" + threads + ", cap=" + cap);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"llama, Q4_1, F16", "qwen2, Q8_0, Q8_0", "qwen3, Q4_0, F16"})
    void givesTheSameBitsBesideOtherRows(String architecture, QuantType type, KvType kvType) {
        try (var tiny = tiny(architecture, type, kvType, 2, IsaLevel.CUDA)) {
            var model = tiny.model;
            KvStore first = model.newKv();
            KvStore second = model.newKv();
            KvStore third = model.newKv();
            var alone = tiny.score(TOKENS, TOKENS.length, first);
            tiny.score(TOKENS, TOKENS.length - 1, second);
            tiny.score(TOKENS, 20, third);
            var batch = new ForwardBatch(model.shape().maxRows());
            // A chunk of one prompt, the last row of another, a decode row of a third and a hidden state, all mixed.
            for (int i = 10; i < 30; i++) {
                batch.add(TOKENS[i], i, first, Output.NONE);
            }
            batch.add(TOKENS[30], 30, first, Output.LOGITS);
            batch.add(TOKENS[44], 44, second, Output.LOGITS);
            batch.add(TOKENS[20], 20, third, Output.HIDDEN);
            batch.add(TOKENS[21], 21, third, Output.LOGITS);
            model.forward(batch);
            assertArrayEquals(bits(alone[30]), bits(batch.result(20)));
            assertArrayEquals(bits(alone[44]), bits(batch.result(21)));
            assertArrayEquals(bits(alone[21]), bits(batch.result(23)));
            float[] hidden = batch.result(22).clone();
            batch.clear();
            batch.add(TOKENS[20], 20, third, Output.HIDDEN);
            model.forward(batch);
            assertArrayEquals(bits(hidden), bits(batch.result(0)));
        }
    }

    @Test
    void givesTheSameBitsAfterRowsThatNobodyRead() {
        try (var tiny = tiny("llama", QuantType.Q4_1, KvType.F16, 2, IsaLevel.CUDA)) {
            var slot = tiny.model.newKv();
            var expected = tiny.score(TOKENS, TOKENS.length, slot)[44];
            var batch = new ForwardBatch(64);
            for (int i = 0; i < 44; i++) {
                batch.add(TOKENS[i], i, slot, Output.NONE);
            }
            tiny.model.forward(batch);
            batch.clear();
            batch.add(TOKENS[44], 44, slot, Output.LOGITS);
            tiny.model.forward(batch);
            assertArrayEquals(bits(expected), bits(batch.result(0)));
        }
    }

    @Test
    void givesTheSameBitsFromACopiedPrefix() {
        try (var tiny = tiny("qwen3", QuantType.Q4_1, KvType.Q8_0, 2, IsaLevel.CUDA)) {
            var from = tiny.model.newKv();
            var to = tiny.model.newKv();
            var expected = tiny.score(TOKENS, TOKENS.length, from);
            to.copyPrefix(from, 37);
            var batch = new ForwardBatch(64);
            for (int i = 37; i < TOKENS.length; i++) {
                batch.add(TOKENS[i], i, to, Output.LOGITS);
            }
            tiny.model.forward(batch);
            for (int i = 37; i < TOKENS.length; i++) {
                assertArrayEquals(bits(expected[i]), bits(batch.result(i - 37)));
            }
        }
    }

    @Test
    void tellsSequencesApart() {
        try (var tiny = tiny("llama", QuantType.Q4_1, KvType.F16, 1, IsaLevel.CUDA)) {
            int[] other = TOKENS.clone();
            other[3] = (other[3] + 1) % 280;
            var one = tiny.score(TOKENS, 45, tiny.model.newKv())[44];
            assertFalse(Arrays.equals(one, tiny.score(other, 45, tiny.model.newKv())[44]));
        }
    }

    private static LoadedTiny tiny(String architecture, QuantType type, KvType kvType, int threads, IsaLevel cap) {
        var model = TinyModel.of(architecture, type);
        // Heads of 32, so that eight-bit keys and values have whole groups.
        return new LoadedTiny(folder, model.withSizes(model.hidden() * 2, 2, 4, 2, model.hidden() / 2,
                model.feedForward()).withRopeFactors(architecture.equals("llama")), threads, cap, kvType);
    }

    private static int[] bits(float[] row) {
        var bits = new int[row.length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(row[i]);
        }
        return bits;
    }

    private static int[][] bits(float[][] rows) {
        return Arrays.stream(rows).map(ForwardParityTest::bits).toArray(int[][]::new);
    }
}
