package dev.outpost.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.Generation;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.model.ScriptedModel;
import dev.outpost.engine.model.ScriptedModel.Step;
import dev.outpost.engine.session.Bench.Answer;
import dev.outpost.engine.session.Bench.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An answer is the same to the byte whoever runs beside it, whatever was cached, however often it was pre-empted. */
@Timeout(120)
class BatchingParityTest {

    @Test
    void eightAtOnceAnswerAsEachAlone() throws InterruptedException {
        List<Ask> asks = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            asks.add(Ask.of(Bench.prompt(5 + 37 * i, i), 40).seeded(i).logprobs(3).as(RequestClass.NORMAL, "c" + i));
        }
        List<Answer> alone = eachAlone(asks);
        try (Bench bench = new Bench(ScriptedModel.hashed(), 8)) {
            bench.model.taking(200_000, 10_000);
            List<Answer> together = together(bench, asks);
            for (int i = 0; i < asks.size(); i++) {
                assertSame(alone.get(i), together.get(i));
            }
            assertTrue(bench.model.steps().stream().mapToInt(Step::slots).max().orElse(0) == 8, "all in one batch");
        }
    }

    @Test
    void aReusedPrefixChangesNothingAndIsCounted() throws InterruptedException {
        int[] first = Bench.prompt(200, 1);
        int[] second = first.clone();
        second[150] ^= 1;
        List<Ask> asks = List.of(Ask.of(first, 20), Ask.of(first, 20).seeded(3), Ask.of(second, 20));
        List<Answer> alone = eachAlone(asks);
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            List<Integer> cached = new ArrayList<>();
            for (int i = 0; i < asks.size(); i++) {
                Answer answer = bench.answer(asks.get(i));
                assertSame(alone.get(i), answer);
                cached.add(answer.usage().cachedTokens());
            }
            assertEquals(List.of(0, 199, 150), cached, "the last prompt token is always computed");
            assertEquals(349, bench.sessions.status().cachedTokens());
            assertEquals(600 - 349, bench.sessions.status().promptTokens());
        }
    }

    @Test
    void aConversationContinuesWhereItStopped() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            Answer first = bench.answer(Ask.of(Bench.prompt(60, 1), 20));
            int[] longer = new int[90];
            System.arraycopy(Bench.prompt(60, 1), 0, longer, 0, 60);
            for (int i = 0; i < 20; i++) {
                longer[60 + i] = first.ids().get(i);
            }
            Answer second = bench.answer(Ask.of(longer, 5));
            assertEquals(79, second.usage().cachedTokens(), "all that was computed: the last token was only sampled");
            assertSame(eachAlone(List.of(Ask.of(longer, 5))).getFirst(), second);
        }
    }

    @Test
    void aRunningSlotLendsItsPrefix() throws InterruptedException {
        int[] prompt = Bench.prompt(120, 5);
        Ask ask = Ask.of(prompt, 30);
        Answer alone = eachAlone(List.of(ask)).getFirst();
        try (Bench bench = new Bench(ScriptedModel.hashed(), 3)) {
            bench.model.taking(1_000_000, 0);
            Generation first = bench.start(ask);
            first.take();
            Generation second = bench.start(ask);
            Answer copied = Bench.collect(second);
            assertEquals(119, copied.usage().cachedTokens());
            assertSame(alone, copied);
            bench.start(ask).close();
            Bench.collect(first);
        }
    }

    @Test
    void equalPromptsAtOnceAreComputedOnce() throws InterruptedException {
        List<Ask> asks = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            asks.add(Ask.of(Bench.prompt(300, 8), 10).seeded(i));
        }
        List<Answer> alone = eachAlone(asks);
        try (Bench bench = new Bench(ScriptedModel.hashed(), 4)) {
            bench.model.taking(100_000, 50_000);
            List<Answer> together = together(bench, asks);
            for (int i = 0; i < asks.size(); i++) {
                assertSame(alone.get(i), together.get(i));
            }
            assertEquals(303, bench.sessions.status().promptTokens());
            assertEquals(897, bench.sessions.status().cachedTokens());
        }
    }

    @Test
    void prefixesStayWithinTheirClient() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            Ask ask = Ask.of(Bench.prompt(50, 2), 3);
            bench.answer(ask.as(RequestClass.NORMAL, "one"));
            assertEquals(0, bench.answer(ask.as(RequestClass.NORMAL, "two")).usage().cachedTokens());
            assertEquals(49, bench.answer(ask.as(RequestClass.ALARM, "one")).usage().cachedTokens());
        }
    }

    @Test
    void anAlarmsPrefixOutlastsBatchRequests() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 3)) {
            Ask alarm = Ask.of(Bench.prompt(50, 2), 3).as(RequestClass.ALARM, "x");
            bench.answer(alarm);
            for (int i = 0; i < 6; i++) {
                bench.answer(Ask.of(Bench.prompt(60, 10 + i), 3).as(RequestClass.BATCH, "b"));
            }
            assertEquals(49, bench.answer(alarm).usage().cachedTokens());
        }
    }

    @Test
    void aSharedOpeningIsCopiedRatherThanItsLongOwnerCut() throws InterruptedException {
        int[] owner = Bench.prompt(300, 2);
        int[] other = Bench.prompt(60, 9);
        System.arraycopy(owner, 0, other, 0, 40);
        try (Bench bench = new Bench(ScriptedModel.hashed(), 3)) {
            bench.answer(Ask.of(owner, 2));
            assertEquals(40, bench.answer(Ask.of(other, 2)).usage().cachedTokens());
            assertEquals(299, bench.answer(Ask.of(owner, 2)).usage().cachedTokens(), "the owner's slot is whole");
        }
    }

    @Test
    void embeddingsLeaveAUsablePrefixAndTakeNone() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            int[] tokens = Bench.prompt(70, 2);
            float[] cold = bench.sessions.embed(tokens, RequestClass.NORMAL, "a");
            Answer answer = bench.answer(Ask.of(tokens, 4));
            assertEquals(69, answer.usage().cachedTokens());
            assertSame(eachAlone(List.of(Ask.of(tokens, 4))).getFirst(), answer);
            org.junit.jupiter.api.Assertions.assertArrayEquals(cold,
                    bench.sessions.embed(tokens, RequestClass.NORMAL, "a"));
        }
    }

    @Test
    void aPreemptedAnswerIsTheSame() throws InterruptedException {
        Ask batch = Ask.of(Bench.prompt(80, 1), 60).seeded(4).as(RequestClass.BATCH, "b");
        Answer alone = eachAlone(List.of(batch)).getFirst();
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            bench.model.taking(500_000, 0);
            Generation running = bench.start(batch);
            running.take();
            for (int i = 0; i < 3; i++) {
                Answer alarm = bench.answer(Ask.of(Bench.prompt(30, 9 + i), 3).as(RequestClass.ALARM, "x"));
                assertEquals(3, alarm.ids().size());
                running.take();
            }
            Answer rest = Bench.collect(running);
            assertEquals(alone.ids().subList(4, 60), rest.ids());
            assertEquals(60, rest.usage().completionTokens());
        }
    }

    @Test
    void aThousandRandomRequestsEndAsTheyShould() throws InterruptedException {
        Random random = new Random(2);
        List<Ask> kinds = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            kinds.add(Ask.of(Bench.prompt(1 + random.nextInt(120), i % 7), 1 + random.nextInt(20)).seeded(i)
                    .as(RequestClass.values()[i % 3], "client" + i % 5));
        }
        List<Answer> alone = eachAlone(kinds);
        try (Bench bench = new Bench(new ScriptedModel(Bench.VOCABULARY, Bench.CONTEXT, ScriptedModel.hashed()), 4,
                8)) {
            List<Generation> open = new ArrayList<>();
            List<Integer> which = new ArrayList<>();
            for (int sent = 0; sent < 1000;) {
                int kind = random.nextInt(kinds.size());
                boolean hasty = random.nextInt(10) == 0;
                try {
                    open.add(bench.start(hasty ? kinds.get(kind).within(Duration.ofMillis(1)) : kinds.get(kind)));
                    which.add(kind);
                    sent++;
                    if (random.nextInt(8) == 0) {
                        open.getLast().cancel();
                    }
                } catch (RequestRefusedException full) {
                    assertEquals(RequestRefusedException.Reason.QUEUE_FULL, full.reason());
                    Thread.sleep(1);
                }
            }
            int whole = 0;
            for (int i = 0; i < open.size(); i++) {
                Answer answer = Bench.collect(open.get(i));
                List<Integer> expected = alone.get(which.get(i)).ids();
                assertEquals(expected.subList(0, answer.ids().size()), answer.ids());
                if (answer.reason() == FinishReason.LENGTH) {
                    assertEquals(expected, answer.ids());
                    whole++;
                }
            }
            assertTrue(whole > 500, "answered in full: " + whole);
            Bench.await(() -> bench.sessions.status().running() + bench.sessions.status().queued() == 0);
            assertEquals(4, bench.model.stores());
        }
    }

    private static List<Answer> eachAlone(List<Ask> asks) throws InterruptedException {
        List<Answer> answers = new ArrayList<>();
        for (Ask ask : asks) {
            try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
                answers.add(bench.answer(ask));
            }
        }
        return answers;
    }

    private static List<Answer> together(Bench bench, List<Ask> asks) throws InterruptedException {
        List<Generation> running = asks.stream().map(bench::start).toList();
        List<Answer> answers = new ArrayList<>();
        for (Generation generation : running) {
            answers.add(Bench.collect(generation));
        }
        return answers;
    }

    private static void assertSame(Answer expected, Answer actual) {
        assertEquals(expected.tokens(), actual.tokens());
        assertEquals(expected.text(), actual.text());
        assertEquals(expected.reason(), actual.reason());
    }
}
