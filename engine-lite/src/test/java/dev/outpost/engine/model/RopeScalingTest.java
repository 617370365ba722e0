package dev.outpost.engine.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.GgufWriter;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.model.RopeScaling.Kind;
import dev.outpost.engine.quant.QuantType;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rotation frequencies against figures worked out by hand from the papers' formulas. */
class RopeScalingTest {

    private static final float[] NONE = {};

    @TempDir
    private Path folder;

    @Test
    void fallsByEqualRatiosWithoutScaling() {
        var rope = new RopeScaling(8, 10_000, Kind.NONE, 1, 4096, 1);
        assertArrayEquals(new double[]{1, 0.1, 0.01, 0.001}, rope.frequencies(NONE), 1e-15);
    }

    @Test
    void dividesEveryFrequencyWhenScaledLinearly() {
        var rope = new RopeScaling(8, 10_000, Kind.LINEAR, 4, 4096, 1);
        assertArrayEquals(new double[]{0.25, 0.025, 0.0025, 0.00025}, rope.frequencies(NONE), 1e-15);
    }

    @Test
    void dividesEachPairByItsFactor() {
        var rope = new RopeScaling(8, 10_000, Kind.NONE, 1, 4096, 1);
        assertArrayEquals(new double[]{1, 0.1, 0.005, 0.000125},
                rope.frequencies(new float[]{1, 1, 2, 8}), 1e-15);
    }

    @Test
    void keepsFastPairsAndStretchesSlowOnesWithYarn() {
        // 128 dimensions, base 10,000, 4096 tokens: pair 20.9 turns 32 times, pair 45.03 once; the ramp is 20 to 46.
        var rope = new RopeScaling(128, 10_000, Kind.YARN, 4, 4096, 1);
        var plain = new RopeScaling(128, 10_000, Kind.NONE, 1, 4096, 1).frequencies(NONE);
        var scaled = rope.frequencies(NONE);
        assertEquals(plain[0], scaled[0], 0);
        assertEquals(plain[20], scaled[20], 1e-12);
        assertEquals(plain[46] / 4, scaled[46], 1e-12);
        assertEquals(plain[63] / 4, scaled[63], 1e-12);
        // Half way up the ramp: half of each.
        assertEquals(plain[33] * (0.5 + 0.5 / 4), scaled[33], 1e-9);
        for (int i = 21; i < 46; i++) {
            assertTrue(scaled[i] < plain[i] && scaled[i] > plain[i] / 4, "pair=" + i);
        }
    }

    @Test
    void readsYarnAndItsMagnitudeFromMetadata() {
        var rope = read(tiny().string("llama.rope.scaling.type", "yarn").f32("llama.rope.scaling.factor", 4)
                .u32("llama.rope.scaling.original_context_length", 64));
        assertEquals(Kind.YARN, rope.kind());
        assertEquals(64, rope.originalContext());
        assertEquals(1 + 0.1 * Math.log(4), rope.magnitude(), 1e-12);
    }

    @Test
    void readsTheOlderNameOfLinearScaling() {
        var rope = read(tiny().f32("llama.rope.scale_linear", 2));
        assertEquals(Kind.LINEAR, rope.kind());
        assertEquals(2, rope.factor());
    }

    private static GgufWriter tiny() {
        return TinyModel.of("llama", QuantType.F32).writer();
    }

    private RopeScaling read(GgufWriter writer) {
        try (var file = GgufFile.open(writer.write(folder.resolve("m.gguf")))) {
            return ModelReader.read(file, LoadedTiny.KNOWN).configuration().rope();
        }
    }
}
