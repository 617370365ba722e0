package dev.outpost.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.BudgetRefusedException;
import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.gguf.GgufWriter;
import dev.outpost.engine.gguf.LeftOpen;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are well-formed and still must not be believed. */
@Timeout(60)
class HostileValuesTest {

    private static final String CONTEXT = "llama.context_length";
    private static final String CHARSMAP = "tokenizer.ggml.precompiled_charsmap";
    private static final int U8 = 0;
    private static final long BUDGET = Runtime.getRuntime().maxMemory() + (256L << 20);
    private static final EngineOptions SMALL = EngineOptions.DEFAULTS.withThreads(1).withParallel(1)
            .withMemoryBudgetBytes(BUDGET);

    @TempDir
    Path folder;

    private Path write(GgufWriter writer) {
        return writer.write(folder.resolve("hostile.gguf"));
    }

    private static GgufWriter tiny() {
        return TinyModel.of("llama", QuantType.Q8_0).writer();
    }

    /** The caller's context counts, lowered to what the budget leaves; the file's only bounds it. */
    @ParameterizedTest
    @ValueSource(longs = {1L << 20, Integer.MAX_VALUE})
    void aHugeContextIsHeldToTheBudget(long context) {
        Path path = write(tiny().without(CONTEXT).u32(CONTEXT, (int) context));
        var plan = Engine.plan(path, SMALL.withContext(1 << 24));
        assertTrue(plan.fits(), plan::toString);
        assertTrue(plan.kv() < BUDGET, plan::toString);
        try (Engine engine = Engine.open(path, SMALL.withContext(64))) {
            assertEquals(64, engine.plan().context());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE, Long.MIN_VALUE})
    void aContextThatIsNoneIsRefused(long context) {
        Path path = write(tiny().without(CONTEXT).u64(CONTEXT, context));
        var refusal = assertThrows(ModelRejectedException.class, () -> Engine.open(path, SMALL).close());
        assertEquals(CONTEXT, refusal.field());
        LeftOpen.assertNothingOf(path);
    }

    @Test
    void aLoadPastItsBudgetLeavesNothing() {
        Path path = write(tiny());
        assertThrows(BudgetRefusedException.class,
                () -> Engine.open(path, SMALL.withMemoryBudgetBytes(1 << 20)).close());
        LeftOpen.assertNothingOf(path);
    }

    /** No tokenizer of this engine has use for the blob, so none reads it, whatever it says of its own size. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 4096})
    void aCharacterMapIsNeverRead(int length) {
        byte[] map = new byte[length];
        new Random(length).nextBytes(map);
        int[] expected;
        try (Engine engine = Engine.open(write(tiny()), SMALL)) {
            expected = engine.tokenizer().encode("the ﬁrst ½ user", true);
        }
        try (Engine engine = Engine.open(write(tiny().array(CHARSMAP, U8, length, map)), SMALL)) {
            assertArrayEquals(expected, engine.tokenizer().encode("the ﬁrst ½ user", true));
        }
    }

    @Test
    void aTokenizerThatNeedsACharacterMapIsRefused() {
        Path path = write(tiny().without("tokenizer.ggml.model").string("tokenizer.ggml.model", "t5").array(CHARSMAP,
                U8, 4, new byte[]{-1, -1, -1, 127}));
        var refusal = assertThrows(ModelRejectedException.class, () -> Engine.open(path, SMALL).close());
        assertEquals("unsupported_tokenizer", refusal.code());
    }
}
