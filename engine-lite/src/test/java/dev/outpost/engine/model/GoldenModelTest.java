package dev.outpost.engine.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.SharedFiles;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.Kernels;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.model.ForwardBatch.Output;
import dev.outpost.engine.model.llama.Llama;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A real model against what its weights say in F32 throughout, and against a reference engine's first tokens. All
 * figures are those asked of the model over all 1,020 positions. Token by token takes one chunk of four, which gives the
 * same bits as prefill; {@code -Doutpost.golden=full} takes all.
 */
class GoldenModelTest {

    private static final int CONTEXT = 512;

    private static GgufFile file;
    private static Kernels kernels;
    private static Model model;
    private static dev.outpost.engine.kernels.KvStore slot;

    @BeforeAll
    static void load() {
        file = GgufFile.open(SharedFiles.model("SmolLM2-135M-Instruct.Q4_1.gguf"));
        kernels = Kernels.open(Runtime.getRuntime().availableProcessors(),
                IsaLevel.parse(System.getProperty("outpost.golden.isa", "cuda")).orElseThrow());
        model = ModelReader.read(file, List.of(new Llama())).load(
                new PlanRequest(CONTEXT, 1, KvType.F16, Long.MAX_VALUE, Long.MAX_VALUE, 0), kernels);
        slot = model.newKv();
    }

    @AfterAll
    static void close() {
        if (model != null) {
            model.close();
            kernels.close();
        }
        if (file != null) {
            file.close();
        }
    }

    @Test
    void staysWithinTheDivergenceAskedOfItInPrefill() throws IOException {
        checkDivergence("prefill", 64, true);
    }

    @Test
    void staysWithinTheDivergenceAskedOfItTokenByToken() throws IOException {
        checkDivergence("token by token", 1, System.getProperty("outpost.golden", "").equals("full"));
    }

    @Test
    void choosesTheFirstTokensThatTheReferenceChooses() throws IOException {
        var golden = GoldenTruth.asMap(GoldenTruth.json(SharedFiles.reference("golden/smollm2.json")));
        for (String kind : List.of("prompts", "chats")) {
            for (var each : GoldenTruth.asList(golden.get(kind))) {
                var prompt = GoldenTruth.asMap(each);
                checkTopTen(GoldenTruth.integers(prompt.get("prompt_tokens")),
                        GoldenTruth.asList(prompt.get("top20_first")));
            }
        }
    }

    /** Equal sets, save for exchanges among tokens whose reference log-probabilities differ by less than 0.6. */
    private static void checkTopTen(int[] prompt, List<Object> reference) {
        var logits = new ArrayList<float[]>();
        run(prompt, 32, prompt.length - 1, (position, row) -> logits.add(row.clone()));
        float[] row = logits.getFirst();
        var ours = IntStream.range(0, row.length).boxed()
                .sorted(Comparator.comparingDouble(id -> -row[id])).limit(10).toList();
        var known = reference.stream().map(GoldenTruth::asMap).toList();
        var ids = known.stream().map(token -> ((Number) token.get("id")).intValue()).toList();
        var missing = new HashSet<>(ids.subList(0, 10));
        missing.removeAll(ours);
        var extra = new HashSet<>(ours);
        extra.removeAll(ids.subList(0, 10));
        for (int out : missing) {
            for (int in : extra) {
                assertTrue(ids.contains(in), () -> "token outside the reference's 20 likeliest: id=" + in);
                double gap = logProbability(known, ids.indexOf(out)) - logProbability(known, ids.indexOf(in));
                assertTrue(gap < 0.6, () -> "exchanged tokens differ too much: gap=" + gap);
            }
        }
    }

    private static double logProbability(List<java.util.Map<String, Object>> known, int index) {
        return ((Number) known.get(index).get("logprob")).doubleValue();
    }

    private static void checkDivergence(String how, int step, boolean full) throws IOException {
        var truth = GoldenTruth.read(SharedFiles.reference("golden/smollm2.truth.json"));
        var divergences = new ArrayList<Double>();
        int[] same = {0};
        for (var chunk : full ? truth.chunks() : truth.chunks().subList(0, 1)) {
            run(chunk.tokens(), step, truth.first(), (position, logits) -> {
                if (position - truth.first() < chunk.next().size()) {
                    var next = chunk.next().get(position - truth.first());
                    divergences.add(next.divergence(logits));
                    same[0] += next.sameTop(logits) ? 1 : 0;
                }
            });
        }
        double mean = divergences.stream().mapToDouble(d -> d).average().orElseThrow();
        double max = divergences.stream().mapToDouble(d -> d).max().orElseThrow();
        double share = 100.0 * same[0] / divergences.size();
        String figures = how + ": positions=" + divergences.size() + ", meanKl=" + mean + ", maxKl=" + max
                + ", sameTop="
                + share;
        System.getLogger(GoldenModelTest.class.getName()).log(System.Logger.Level.INFO, figures);
        assertEquals(full ? 1020 : 255, divergences.size());
        assertTrue(mean <= 0.0022 && max <= 0.035 && share >= 94.5, figures);
    }

    /** Feeds {@code tokens} in steps of {@code step}; everything before {@code first} in large ones. */
    private static void run(int[] tokens, int step, int first, Sink sink) {
        var batch = new ForwardBatch(64);
        for (int at = 0; at < tokens.length;) {
            int end = Math.min(tokens.length, at < first ? Math.min(first, at + 64) : at + step);
            batch.clear();
            for (int i = at; i < end; i++) {
                batch.add(tokens[i], i, slot, i < first ? Output.NONE : Output.LOGITS);
            }
            model.forward(batch);
            for (int i = Math.max(at, first); i < end; i++) {
                sink.accept(i, batch.result(i - at));
            }
            at = end;
        }
    }

    @FunctionalInterface
    private interface Sink {
        void accept(int position, float[] logits);
    }
}
