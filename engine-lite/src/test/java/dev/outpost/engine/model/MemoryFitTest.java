package dev.outpost.engine.model;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.BudgetRefusedException;
import dev.outpost.engine.kernels.KvStore;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.memory.MemoryPlan;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fits the dimensions of a 135M model: 30 layers, 3 key heads of 64, 22.5 KiB of F16 keys and values a token. */
class MemoryFitTest {

    private static final long MIB = 1L << 20;
    private static final long WEIGHTS = 92 * MIB;
    private static final long METADATA = 2 * MIB;
    private static final Configuration SHAPE = new Configuration(30, 576, 1536, 9, 3, 64, 1e-5f, 49152, 8192,
            new RopeScaling(64, 10_000, RopeScaling.Kind.NONE, 1, 8192, 1));

    @Test
    void leavesWhatWasAskedWhereItFits() {
        var plan = plan(4096, 4, 2048 * MIB);
        assertEquals(List.of(), plan.reduced());
        assertEquals(4096, plan.context());
        assertEquals(4, plan.parallel());
        assertEquals(4 * KvStore.bytes(KvType.F16, 30, 3, 64, 4096), plan.kv());
        assertEquals(WEIGHTS, plan.weights());
        assertTrue(plan.fits());
    }

    @Test
    void neverPlansMoreContextThanTheModelWasTrainedWith() {
        var plan = plan(Integer.MAX_VALUE, 1, Long.MAX_VALUE);
        assertEquals(8192, plan.context());
        assertEquals(List.of(), plan.reduced());
    }

    @Test
    void lowersContextFirstAndUsesTheBudgetUp() {
        var plan = plan(4096, 4, 420 * MIB);
        assertEquals(List.of("context"), plan.reduced());
        assertEquals(4, plan.parallel());
        assertTrue(plan.fits());
        assertTrue(plan.context() >= MemoryFit.LEAST_CONTEXT && plan.context() < 4096);
        assertTrue(plan.budget() - plan.total() < 2 * MIB, () -> "unused=" + (plan.budget() - plan.total()));
    }

    @Test
    void lowersSlotsWhenTheContextIsAtItsLeast() {
        var plan = plan(4096, 32, 420 * MIB);
        assertEquals(List.of("context", "parallel"), plan.reduced());
        assertTrue(plan.context() >= MemoryFit.LEAST_CONTEXT);
        assertTrue(plan.parallel() > 1 && plan.parallel() < 32);
        assertTrue(plan.fits());
        assertFalse(plan(MemoryFit.LEAST_CONTEXT, plan.parallel() + 1, 420 * MIB).parallel() > plan.parallel());
    }

    @Test
    void keepsAShortContextThatWasAskedFor() {
        var plan = plan(100, 2, 2048 * MIB);
        assertEquals(100, plan.context());
        assertEquals(List.of(), plan.reduced());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 92 * MIB, 200 * MIB})
    void refusesWhatFitsInNoShapeWithTheNumbers(long budget) {
        var fit = fit(4096, 4, budget, 192 * MIB);
        var plan = fit.plan();
        assertFalse(plan.fits());
        var refused = assertThrows(BudgetRefusedException.class, () -> fit.requireFits(plan));
        assertEquals(budget, refused.budgetBytes());
        assertEquals(plan.total(), refused.neededBytes());
        assertTrue(refused.getMessage().contains("weights=" + WEIGHTS), refused.getMessage());
    }

    @Test
    void refusesAHeapThatCannotHoldTheModelsArrays() {
        var fit = fit(4096, 4, 4096 * MIB, 20 * MIB);
        var refused = assertThrows(BudgetRefusedException.class, () -> fit.requireFits(fit.plan()));
        assertTrue(refused.getMessage().contains("heap"), refused.getMessage());
    }

    @Test
    void takesSmallerBatchesOnASmallerHeap() {
        var roomy = fit(2048, 1, 4096 * MIB, 512 * MIB);
        assertEquals(128, roomy.maxRows(roomy.plan()));
        var tight = fit(2048, 1, 4096 * MIB, 41 * MIB);
        assertTrue(tight.maxRows(tight.plan()) < 128);
        assertDoesNotThrow(() -> tight.requireFits(tight.plan()));
    }

    @Test
    void countsMoreKeysAndValuesForLongerContextAndLessForEightBits() {
        var f16 = plan(2048, 2, 4096 * MIB).kv();
        // A store may keep a few bytes behind its last token.
        assertEquals(2 * f16, plan(4096, 2, 4096 * MIB).kv(), 256);
        assertEquals(f16 / 64 * 34, new MemoryFit(SHAPE,
                new PlanRequest(2048, 2, KvType.Q8_0, 4096 * MIB, 192 * MIB, 64 * MIB), WEIGHTS, METADATA).plan().kv(),
                256);
    }

    private static MemoryPlan plan(int context, int parallel, long budget) {
        return fit(context, parallel, budget, 192 * MIB).plan();
    }

    private static MemoryFit fit(int context, int parallel, long budget, long heap) {
        return new MemoryFit(SHAPE, new PlanRequest(context, parallel, KvType.F16, budget, heap, 64 * MIB), WEIGHTS,
                METADATA);
    }
}
