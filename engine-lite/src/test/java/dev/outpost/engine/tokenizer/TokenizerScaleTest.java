package dev.outpost.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.engine.gguf.GgufFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Time grows with the text, not with its square; vocabularies stay compact. */
class TokenizerScaleTest {

    private static final int MEBIBYTE = 1 << 20;

    @ParameterizedTest
    @ValueSource(strings = {"a", " ", "\n", "1", "'", "the quick brown fox ", "é", "😁", "\r\n", "<tool>", "<|x",
            "  x"})
    void takesMebibytesOfAnythingInLinearTime(String unit) {
        for (String pre : List.of("smollm", "llama-bpe", "default")) {
            linear(TokenizerFixture.read(TokenizerFixture.byteLevel(pre)), unit);
        }
        linear(TokenizerFixture.read(TokenizerFixture.sentencePiece()), unit);
    }

    private static void linear(Tokenizer tokenizer, String unit) {
        seconds(tokenizer, unit, MEBIBYTE / 8);
        double eighth = seconds(tokenizer, unit, MEBIBYTE / 8);
        // The best of three: one run may be interpreted for a while when the compiler takes its code back.
        double whole = Math.min(seconds(tokenizer, unit, MEBIBYTE),
                Math.min(seconds(tokenizer, unit, MEBIBYTE), seconds(tokenizer, unit, MEBIBYTE)));
        // 8 times the text; the square would take 64 times as long. The constant covers small figures' noise.
        assertTrue(whole < 24 * eighth + 0.3, () -> "eighth=" + eighth + "s, whole=" + whole + "s");
    }

    private static double seconds(Tokenizer tokenizer, String unit, int characters) {
        String text = unit.repeat(characters / unit.length());
        var threads = ManagementFactory.getThreadMXBean();
        long from = threads.getCurrentThreadCpuTime();
        int[] ids = tokenizer.encode(text, true);
        assertTrue(ids.length > 0);
        return (threads.getCurrentThreadCpuTime() - from) / 1e9;
    }

    @Test
    void keepsNestedSpecialNamesLinear() {
        List<String> tokens = new ArrayList<>(List.of("a"));
        for (int length = 2; length <= 400; length++) {
            tokens.add("a".repeat(length));
        }
        int[] types = new int[tokens.size()];
        java.util.Arrays.fill(types, 3);
        linear(TokenizerFixture.read(TokenizerFixture.bytesAnd(tokens, types, List.of())), "a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SmolLM2-135M-Instruct.Q4_1.gguf,5", "gemma-3-270m.Q4_K_M.gguf,15"})
    void keepsARealVocabularyCompact(String modelAndLimit) {
        String name = modelAndLimit.substring(0, modelAndLimit.indexOf(','));
        double limit = Double.parseDouble(modelAndLimit.substring(name.length() + 1));
        Optional<Path> model = TokenizerFixture.realModel(name);
        assumeTrue(model.isPresent(), "skipped: model " + name + " has not been fetched");
        List<Tokenizer> kept = new ArrayList<>();
        long before = used();
        for (int i = 0; i < 4; i++) {
            try (GgufFile file = GgufFile.open(model.get())) {
                kept.add(Tokenizer.read(file.metadata()));
            }
        }
        double megabytes = (used() - before) / 4e6;
        System.getLogger("tokenizer").log(System.Logger.Level.INFO, name + ": heap=" + megabytes + " MB");
        assertTrue(kept.size() == 4 && megabytes <= limit, () -> name + " takes " + megabytes + " MB of heap");
    }

    private static long used() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
