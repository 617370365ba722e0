package dev.outpost.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.BudgetRefusedException;
import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.gguf.GgufWriter;
import dev.outpost.engine.gguf.LeftOpen;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.engine.sampling.SamplingOptions;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Well-formed files whose values are not a model's: a refusal, or a model that answers. */
class LoadFuzzTest {

    private static final int RUNS = 600;
    private static final String[] ARCHITECTURES = {"llama", "qwen2", "qwen3"};
    private static final long[] NUMBERS = {0, 1, 2, 3, 5, 7, 16, 63, 64, 65, 255, 287, 288, 289, 511, 513, 65536,
            (1L << 31) - 1, 1L << 31, (1L << 32) - 1, -1, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final float[] DECIMALS = {0, -1, 1, 1e-30f, 1e30f, Float.NaN, Float.POSITIVE_INFINITY, -0f, 0.5f};
    private static final EngineOptions SMALL = EngineOptions.DEFAULTS.withThreads(1).withContext(64).withParallel(1)
            .withMemoryBudgetBytes(Runtime.getRuntime().maxMemory() + (256L << 20));

    @TempDir
    Path folder;

    @Test
    @Timeout(300)
    void valuesThatAreNoModelsAreRefusedOrAnswer() throws InterruptedException {
        var outcomes = new TreeMap<String, Integer>();
        Path path = folder.resolve("fuzz.gguf");
        for (int run = 0; run < RUNS; run++) {
            var random = new Random(run);
            GgufWriter writer = TinyModel.of(ARCHITECTURES[run % 3], QuantType.Q8_0).withSizes(32, 1, 2, 1, 16, 32)
                    .withTied(random.nextBoolean()).withRopeFactors(random.nextBoolean()).writer();
            String change = change(writer, random);
            writer.write(path);
            String outcome;
            try (Engine engine = Engine.open(path, SMALL)) {
                answer(engine);
                outcome = "answers";
            } catch (ModelRejectedException e) {
                outcome = e.code();
            } catch (BudgetRefusedException e) {
                outcome = "budget";
            } catch (RequestRefusedException e) {
                outcome = "context";
            } catch (RuntimeException | Error e) {
                throw new AssertionError("run " + run + ", " + change + " let out " + e, e);
            }
            outcomes.merge(outcome, 1, Integer::sum);
        }
        LeftOpen.assertNothingOf(path);
        assertTrue(outcomes.getOrDefault("answers", 0) > RUNS / 20, outcomes::toString);
        assertTrue(outcomes.size() > 6, outcomes::toString);
    }

    private static void answer(Engine engine) throws InterruptedException {
        int[] prompt = engine.tokenizer().encodePrompt("the user 7 é", true);
        var request = new GenerationRequest(prompt, 3, SamplingOptions.GREEDY, List.of(), -1, false,
                RequestClass.NORMAL, "test", OptionalLong.empty());
        try (Generation generation = engine.generate(request)) {
            while (generation.take() instanceof GenerationEvent.Token) {
                // Read to the end: whatever it says, it has one.
            }
        }
    }

    private static String change(GgufWriter writer, Random random) {
        if (random.nextInt(8) == 0) {
            List<String> names = writer.tensorNames();
            String name = names.get(random.nextInt(names.size()));
            writer.withoutTensor(name);
            if (random.nextBoolean()) {
                writer.tensor(name, new float[96], random.nextBoolean() ? new long[]{96} : new long[]{32, 3});
            }
            return "tensor " + name;
        }
        List<String> keys = writer.keys();
        String key = keys.get(random.nextInt(keys.size()));
        writer.without(key);
        value(writer, key, random);
        return "key " + key;
    }

    private static void value(GgufWriter writer, String key, Random random) {
        long number = NUMBERS[random.nextInt(NUMBERS.length)];
        int kind = random.nextInt(3) == 0 ? random.nextInt(12) : likelyKind(key);
        switch (kind) {
            case 0 -> writer.u64(key, number);
            case 1, 2, 3 -> writer.u32(key, (int) number);
            case 4, 5 -> writer.f32(key, DECIMALS[random.nextInt(DECIMALS.length)]);
            case 6 -> writer.bool(key, random.nextBoolean());
            case 7 -> writer.string(key, List.of("", "llama", "yarn", "\0", "x".repeat(5000)).get(random.nextInt(5)));
            case 8 -> writer.strings(key, words(random));
            case 9 -> writer.integers(key, new int[random.nextInt(400)]);
            case 10 -> writer.decimals(key, new float[random.nextInt(400)]);
            default -> {
                // The key stays absent.
            }
        }
    }

    /** The kind of value that the key wants, so that most files get past the type and meet the check of the value. */
    private static int likelyKind(String key) {
        String last = key.substring(key.lastIndexOf('.') + 1);
        return switch (last) {
            case "tokens", "merges" -> 8;
            case "token_type" -> 9;
            case "layer_norm_rms_epsilon", "freq_base", "factor" -> 4;
            case "architecture", "name", "model", "pre", "type", "chat_template" -> 7;
            case "add_bos_token" -> 6;
            default -> 1;
        };
    }

    private static List<String> words(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> List.of();
            case 1 -> Collections.nCopies(288, "");
            case 2 -> Collections.nCopies(288, "same");
            case 3 -> List.of("a", " ", "a  b", "ab c", "<0x41>", "<0xZZ>", "\uFFFF");
            default -> random.ints(288, 0x21, 0x3000)
                    .mapToObj(c -> new String(Character.toChars(c)))
                    .toList();
        };
    }
}
