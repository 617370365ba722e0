package dev.outpost.engine.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent.Token;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.RequestRefusedException.Reason;
import dev.outpost.engine.model.ScriptedModel;
import dev.outpost.engine.sampling.SamplingOptions;
import dev.outpost.engine.session.Bench.Answer;
import dev.outpost.engine.session.Bench.Ask;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionTest {

    private static final int[] PROMPT = {1, 2, 3};

    @Test
    void streamsWholeCharactersOnly() throws InterruptedException {
        try (Bench bench = forced("a€😀b")) {
            Answer answer = bench.answer(Ask.of(PROMPT, 9).logprobs(-1));
            assertEquals("a€😀b", answer.text());
            assertEquals(List.of("a", "", "", "€", "", "", "", "😀", "b"),
                    answer.tokens().stream().map(Token::text).toList());
            assertEquals(FinishReason.LENGTH, answer.reason());
        }
    }

    @Test
    void givesOutABrokenCharacterAtTheEnd() throws InterruptedException {
        try (Bench bench = forced("x€")) {
            assertEquals("x\uFFFD", bench.answer(Ask.of(PROMPT, 3)).text());
        }
    }

    @Test
    void endsBeforeAStopTextThatSpansTokensAndCharacters() throws InterruptedException {
        try (Bench bench = forced("good€bye rest")) {
            Answer answer = bench.answer(Ask.of(PROMPT, 50).stop("€by", "nothing"));
            assertEquals("good", answer.text());
            assertEquals(FinishReason.STOP, answer.reason());
            assertEquals(9, answer.usage().completionTokens());
        }
    }

    @Test
    void givesBackTheHeldTextWhereNoStopTextFollows() throws InterruptedException {
        try (Bench bench = forced("ab<|")) {
            Answer answer = bench.answer(Ask.of(PROMPT, 4).stop("<|end|>"));
            assertEquals("ab<|", answer.text());
            assertEquals("", answer.tokens().getLast().text(), "held back while it might become a stop text");
        }
    }

    @Test
    void endsAtAnEndOfGenerationTokenUnlessAskedToIgnoreIt() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.forced(3, 'h', 'i', ByteTokens.END, 'x'), 2)) {
            Answer answer = bench.answer(Ask.of(PROMPT, 50).heedingEnd());
            assertEquals("hi", answer.text());
            assertEquals(List.of((int) 'h', (int) 'i'), answer.ids());
            assertEquals(FinishReason.STOP, answer.reason());
            assertEquals(3, answer.usage().completionTokens());
            assertEquals("hixx", bench.answer(Ask.of(PROMPT, 5)).text());
        }
    }

    @Test
    void endsWhereTheContextEnds() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            Answer answer = bench.answer(Ask.of(Bench.prompt(Bench.CONTEXT - 3, 1), 100));
            assertEquals(3, answer.ids().size());
            assertEquals(FinishReason.LENGTH, answer.reason());
            assertEquals(1, bench.answer(Ask.of(Bench.prompt(Bench.CONTEXT - 1, 2), 100)).ids().size());
        }
    }

    @Test
    void reportsLogProbabilitiesUnderTheRawLogits() throws InterruptedException {
        ScriptedModel.Rule rule = (history, logits) -> {
            Arrays.fill(logits, -50);
            logits[65] = 2;
            logits[66] = 1;
            logits[67] = 0;
        };
        try (Bench bench = new Bench(rule, 1)) {
            Ask ask = new Ask(PROMPT, 1, new SamplingOptions(0, 0, 1, 0, 1, 0, 0, Map.of(66, 5f), 0), List.of(), 2,
                    true,
                    RequestClass.NORMAL, "a", java.util.OptionalLong.empty());
            Token token = bench.answer(ask).tokens().getFirst();
            double sum = Math.exp(2) + Math.exp(1) + 1;
            assertEquals(66, token.id(), "the bias decides");
            assertEquals(1 - Math.log(sum), token.logprob(), 1e-6, "the bias does not count");
            assertEquals(List.of(65, 66), token.top().stream().map(t -> t.id()).toList());
            assertEquals(2 - Math.log(sum), token.top().getFirst().logprob(), 1e-6);
            assertTrue(Float.isNaN(bench.answer(Ask.of(PROMPT, 1)).tokens().getFirst().logprob()));
        }
    }

    @Test
    void countsTokensAndTimes() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            bench.model.taking(2_000_000, 0);
            var usage = bench.answer(Ask.of(PROMPT, 5)).usage();
            assertEquals(3, usage.promptTokens());
            assertEquals(5, usage.completionTokens());
            assertTrue(usage.prefillNanos() >= 2_000_000 && usage.decodeNanos() >= 8_000_000, usage.toString());
            assertEquals(5, bench.sessions.status().generatedTokens());
            assertEquals(3, bench.sessions.status().promptTokens());
        }
    }

    @Test
    void refusesWhatCanNeverRun() {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            assertRefused(Reason.CONTEXT_LENGTH_EXCEEDED, () -> bench.start(Ask.of(new int[Bench.CONTEXT], 1)));
            assertRefused(Reason.INVALID_VALUE, () -> bench.start(Ask.of(new int[]{Bench.VOCABULARY}, 1)));
            assertRefused(Reason.INVALID_VALUE, () -> bench.start(Ask.of(new int[]{-1}, 1)));
            assertRefused(Reason.INVALID_VALUE, () -> bench.sessions.embed(new int[0], RequestClass.NORMAL, "a"));
            assertRefused(Reason.CONTEXT_LENGTH_EXCEEDED,
                    () -> bench.sessions.score(new int[Bench.CONTEXT + 1], (position, logits) -> {}));
        }
    }

    @Test
    void failsTheRequestWhoseLogitsAreNotFiniteAndServesOn() throws InterruptedException {
        ScriptedModel.Rule rule = (history, logits) -> logits[5] = history[0] == 99 ? Float.NaN : 1;
        try (Bench bench = new Bench(rule, 2)) {
            Generation bad = bench.start(Ask.of(new int[]{99}, 5));
            Generation good = bench.start(Ask.of(new int[]{1}, 5));
            assertEquals("sampler_failed", ((EngineFaultException) Bench.failure(bad)).code());
            assertEquals(5, Bench.collect(good).ids().size());
            assertThrows(IllegalStateException.class, good::take);
        }
    }

    @Test
    void embedsAsTheMeanOverPositions() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            int[] tokens = Bench.prompt(100, 3);
            float[] mean = bench.sessions.embed(tokens, RequestClass.NORMAL, "a");
            double first = Arrays.stream(tokens).average().orElseThrow();
            assertArrayEquals(new float[]{(float) first, (float) (first + 49.5), (float) (first + 99),
                    (float) (first + 148.5)}, mean, 1e-4f);
        }
    }

    @Test
    void scoresEveryPositionInOrder() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            int[] tokens = Bench.prompt(101, 4);
            List<Integer> positions = new ArrayList<>();
            float[] expected = new float[Bench.VOCABULARY];
            bench.sessions.score(tokens, (position, logits) -> {
                positions.add(position);
                ScriptedModel.hashed().logits(Arrays.copyOf(tokens, position + 1), expected);
                assertArrayEquals(expected, logits);
            });
            assertEquals(IntStream.range(0, 101).boxed().toList(), positions);
            assertEquals(0, bench.sessions.status().generatedTokens());
        }
    }

    @Test
    void leavesNothingBehindWhenAReaderGivesUp() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            assertThrows(IllegalStateException.class, () -> bench.sessions.score(Bench.prompt(300, 1), (at, logits) -> {
                if (at == 5) {
                    throw new IllegalStateException("enough");
                }
            }));
            Bench.await(() -> bench.sessions.status().running() == 0);
        }
    }

    private static Bench forced(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new Bench(ScriptedModel.forced(3, IntStream.range(0, bytes.length).map(i -> bytes[i] & 0xFF).toArray()),
                2);
    }

    private static void assertRefused(Reason reason, org.junit.jupiter.api.function.Executable action) {
        assertEquals(reason, assertThrows(RequestRefusedException.class, action).reason());
    }
}
