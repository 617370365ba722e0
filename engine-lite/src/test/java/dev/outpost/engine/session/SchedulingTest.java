package dev.outpost.engine.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.FinishReason;
import dev.outpost.engine.Generation;
import dev.outpost.engine.GenerationEvent.Finished;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineFaultException;
import dev.outpost.engine.failure.RequestRefusedException;
import dev.outpost.engine.failure.RequestRefusedException.Reason;
import dev.outpost.engine.model.ScriptedModel;
import dev.outpost.engine.session.Bench.Answer;
import dev.outpost.engine.session.Bench.Ask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class SchedulingTest {

    private static final long MILLI = 1_000_000;

    @Test
    void cancelsARunningRequestWithinAStep() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            bench.model.taking(5 * MILLI, 0);
            Generation generation = bench.start(Ask.of(Bench.prompt(5, 1), 400));
            generation.take();
            generation.cancel();
            int before = bench.model.steps().size();
            Bench.await(() -> bench.sessions.status().running() == 0);
            assertTrue(bench.model.steps().size() - before <= 1, "the step that had begun, and no other");
            Answer answer = Bench.collect(generation);
            assertEquals(FinishReason.CANCELLED, answer.reason());
            assertEquals(answer.ids().size() + 1, answer.usage().completionTokens(), "one token was taken before");
        }
    }

    @Test
    void cancelsInPrefillWithinAChunk() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            bench.model.taking(0, MILLI);
            Generation beside = bench.start(Ask.of(Bench.prompt(5, 9), 400).as(RequestClass.NORMAL, "b"));
            beside.take();
            Generation generation = bench.start(Ask.of(Bench.prompt(500, 1), 4));
            Bench.await(() -> bench.model.steps().stream().filter(step -> step.slots() == 2).count() >= 3);
            long start = System.nanoTime();
            generation.close();
            Bench.await(() -> bench.sessions.status().running() == 1);
            assertTrue(System.nanoTime() - start < 200 * MILLI);
            assertTrue(Bench.collect(generation).ids().isEmpty());
            assertTrue(bench.model.steps().stream().allMatch(step -> step.rows() <= 48), "50 ms of 1 ms rows, at 0.9");
            beside.cancel();
        }
    }

    @Test
    void aLonePromptTakesLongStepsThatEndWhenSomethingComesUp() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            Answer alone = bench.answer(Ask.of(Bench.prompt(480, 1), 4).as(RequestClass.NORMAL, "a"));
            bench.model.taking(0, MILLI);
            Generation prompt = bench.start(Ask.of(Bench.prompt(480, 1), 4).as(RequestClass.NORMAL, "b"));
            Bench.await(() -> bench.model.steps().stream().anyMatch(step -> step.rows() > 200));
            Answer other = bench.answer(Ask.of(Bench.prompt(5, 2), 2).as(RequestClass.ALARM, "c"));
            assertTrue(other.usage().queuedNanos() < 120 * MILLI, "queued " + other.usage().queuedNanos());
            assertEquals(alone.ids(), Bench.collect(prompt).ids());
            bench.answer(Ask.of(Bench.prompt(5, 7), 40).as(RequestClass.NORMAL, "e"));
            Generation again = bench.start(Ask.of(Bench.prompt(480, 3), 4).as(RequestClass.NORMAL, "d"));
            int before = bench.model.steps().size();
            Bench.await(() -> bench.model.steps().stream().skip(before).anyMatch(step -> step.rows() > 200));
            long start = System.nanoTime();
            again.cancel();
            Bench.await(() -> bench.sessions.status().running() == 0);
            assertTrue(System.nanoTime() - start < 120 * MILLI);
        }
    }

    @Test
    void anAlarmsPromptIsLoneBesideLowerClasses() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 3)) {
            bench.answer(Ask.of(Bench.prompt(480, 1), 1).as(RequestClass.NORMAL, "a"));
            bench.model.taking(0, MILLI);
            List<Generation> batch = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                batch.add(bench.start(Ask.of(Bench.prompt(20, i), 300).as(RequestClass.BATCH, "b")));
            }
            batch.getFirst().take();
            int before = bench.model.steps().size();
            bench.answer(Ask.of(Bench.prompt(400, 9), 1).as(RequestClass.ALARM, "x"));
            assertTrue(bench.model.steps().stream().skip(before).anyMatch(step -> step.rows() > 60),
                    () -> "" + bench.model.steps());
            batch.forEach(Generation::cancel);
        }
    }

    @Test
    void aPromptMovesOnBetweenFrequentShortRequests() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            bench.answer(Ask.of(Bench.prompt(480, 1), 1).as(RequestClass.NORMAL, "a"));
            bench.model.taking(0, MILLI);
            Generation prompt = bench.start(Ask.of(Bench.prompt(480, 1), 1).as(RequestClass.NORMAL, "b"));
            long end = System.nanoTime() + 10_000 * MILLI;
            for (int i = 0; prompt.poll(Duration.ofMillis(60)).isEmpty(); i++) {
                bench.answer(Ask.of(Bench.prompt(3, i), 1).as(RequestClass.ALARM, "c"));
                assertTrue(System.nanoTime() < end, "0.5 s of work not done within 10 s");
            }
        }
    }

    @Test
    void cancelsAQueuedRequest() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            bench.model.taking(MILLI, 0);
            Generation running = bench.start(Ask.of(Bench.prompt(5, 1), 200));
            Generation queued = bench.start(Ask.of(Bench.prompt(5, 2), 200));
            queued.cancel();
            assertEquals(FinishReason.CANCELLED, Bench.collect(queued).reason());
            Bench.await(() -> bench.sessions.status().queued() == 0);
            assertEquals(200, Bench.collect(running).ids().size());
        }
    }

    @Test
    void endsAtTheDeadlineRunningAndQueued() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            bench.model.taking(2 * MILLI, 0);
            Generation running = bench.start(Ask.of(Bench.prompt(5, 1), 500).within(Duration.ofMillis(400)));
            Generation queued = bench.start(Ask.of(Bench.prompt(5, 2), 500).within(Duration.ofMillis(30)));
            Answer none = Bench.collect(queued);
            assertEquals(FinishReason.DEADLINE, none.reason());
            assertTrue(none.ids().isEmpty());
            Answer some = Bench.collect(running);
            assertEquals(FinishReason.DEADLINE, some.reason());
            assertTrue(some.ids().size() >= 1 && some.ids().size() <= 200, "tokens: " + some.ids().size());
        }
    }

    @Test
    void refusesAtOnceWhenItsQueueIsFull() throws InterruptedException {
        ScriptedModel model = new ScriptedModel(Bench.VOCABULARY, Bench.CONTEXT, ScriptedModel.hashed());
        try (Bench bench = new Bench(model.taking(MILLI, 0), 1, 2)) {
            List<Generation> accepted = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                accepted.add(bench.start(Ask.of(Bench.prompt(5, i), 300)));
            }
            Bench.await(() -> bench.sessions.status().running() == 1);
            RequestRefusedException refused = assertThrows(RequestRefusedException.class,
                    () -> bench.start(Ask.of(Bench.prompt(5, 9), 1)));
            assertEquals(Reason.QUEUE_FULL, refused.reason());
            assertEquals(2, bench.answer(Ask.of(Bench.prompt(5, 9), 2).as(RequestClass.ALARM, "x")).ids().size(),
                    "another class has its own queue");
            for (Generation generation : accepted) {
                assertEquals(300, Bench.collect(generation).ids().size());
            }
        }
    }

    @Test
    void servesClientsInTurn() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            bench.model.taking(MILLI / 2, 0);
            List<Generation> greedy = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                greedy.add(bench.start(Ask.of(Bench.prompt(5, i), 40).as(RequestClass.NORMAL, "greedy")));
            }
            Generation modest = bench.start(Ask.of(Bench.prompt(5, 50), 40).as(RequestClass.NORMAL, "modest"));
            Bench.collect(modest);
            long waiting = bench.sessions.status().queued();
            assertTrue(waiting >= 6, "the modest client went second, still waiting: " + waiting);
            greedy.forEach(Generation::cancel);
        }
    }

    @Test
    void takesASlotBackFromAClientThatHoldsSeveral() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            bench.model.taking(10 * MILLI, 0);
            Generation one = bench.start(Ask.of(Bench.prompt(5, 1), 400).as(RequestClass.NORMAL, "greedy"));
            Generation two = bench.start(Ask.of(Bench.prompt(5, 2), 400).as(RequestClass.NORMAL, "greedy"));
            one.take();
            two.take();
            Answer other = bench.answer(Ask.of(Bench.prompt(5, 3), 3).as(RequestClass.NORMAL, "modest"));
            assertEquals(3, other.ids().size());
            assertTrue(other.usage().queuedNanos() < 2_000 * MILLI, "well before the others end, after 4 s");
            one.cancel();
            two.cancel();
        }
    }

    @Test
    void alarmsGoFirstAndBatchPausesMeanwhile() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            bench.model.taking(2 * MILLI, 0);
            Generation batch = bench.start(Ask.of(Bench.prompt(5, 1), 400).as(RequestClass.BATCH, "b"));
            Generation waiting = bench.start(Ask.of(Bench.prompt(5, 2), 400).as(RequestClass.BATCH, "b"));
            batch.take();
            int before = bench.model.steps().size();
            Answer alarm = bench.answer(Ask.of(Bench.prompt(5, 3), 30).as(RequestClass.ALARM, "x"));
            long shared = bench.model.steps().subList(before, bench.model.steps().size()).stream()
                    .filter(step -> step.slots() > 1).count();
            assertEquals(30, alarm.ids().size());
            assertEquals(0, shared, "no step computes batch rows beside the alarm's");
            assertEquals(1, bench.sessions.status().queued(), "batch leaves the last slot free");
            batch.take();
            batch.cancel();
            waiting.cancel();
        }
    }

    @Test
    void anAlarmTakesASlotThatIsInUse() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            bench.model.taking(2 * MILLI, 0);
            List<Generation> normal = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                normal.add(bench.start(Ask.of(Bench.prompt(5, i), 300)));
            }
            normal.getFirst().take();
            Answer alarm = bench.answer(Ask.of(Bench.prompt(5, 9), 3).as(RequestClass.ALARM, "x"));
            assertTrue(alarm.usage().queuedNanos() < 300 * MILLI);
            normal.forEach(Generation::cancel);
        }
    }

    @Test
    void aFloodOfBatchRequestsLeavesAlarmsNearTheirIdleTime() throws InterruptedException {
        ScriptedModel model = new ScriptedModel(Bench.VOCABULARY, Bench.CONTEXT, ScriptedModel.hashed());
        try (Bench bench = new Bench(model.taking(2 * MILLI, MILLI / 4), 4, 16)) {
            long idle = alarmTime(bench);
            List<Generation> flood = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                flood.add(bench.start(Ask.of(Bench.prompt(400, i), 100).as(RequestClass.BATCH, "b" + i % 3)));
            }
            Bench.await(() -> bench.sessions.status().steps() > 80);
            long loaded = alarmTime(bench);
            assertTrue(loaded <= idle * 3 / 2 + 50 * MILLI, "idle=" + idle + ", loaded=" + loaded);
            flood.forEach(Generation::cancel);
        }
    }

    @Test
    void promptsWaitInChunksSoThatOthersGoOn() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            bench.model.taking(MILLI, MILLI / 2);
            Generation decoding = bench.start(Ask.of(Bench.prompt(5, 1), 300).as(RequestClass.NORMAL, "d"));
            decoding.take();
            Generation prompt = bench.start(Ask.of(Bench.prompt(500, 2), 2).as(RequestClass.NORMAL, "p"));
            Bench.collect(prompt);
            long mixed = bench.model.steps().stream().filter(step -> step.rows() > 2 && step.slots() == 2).count();
            assertTrue(mixed >= 4, "mixed steps: " + mixed);
            decoding.cancel();
        }
    }

    @Test
    void aBrokenForwardFailsItsRequestsAndTheNextOnesRun() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            Ask ask = Ask.of(Bench.prompt(30, 1), 10);
            Answer before = bench.answer(ask);
            bench.model.breakForward(true);
            EngineFaultException fault = (EngineFaultException) Bench.failure(bench.start(ask));
            assertEquals("forward_failed", fault.code());
            assertTrue(fault.getCause() instanceof IllegalStateException);
            bench.model.breakForward(false);
            Answer after = bench.answer(ask);
            assertEquals(before.ids(), after.ids());
        }
    }

    @Test
    void drainsWhatRunsAndRefusesTheRest() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            bench.model.taking(MILLI, 0);
            Generation running = bench.start(Ask.of(Bench.prompt(5, 1), 50));
            Generation queued = bench.start(Ask.of(Bench.prompt(5, 2), 50));
            bench.sessions.drain();
            assertEquals(Reason.DRAINING, assertThrows(RequestRefusedException.class,
                    () -> bench.start(Ask.of(Bench.prompt(5, 3), 1))).reason());
            assertEquals(50, Bench.collect(running).ids().size());
            assertEquals(50, Bench.collect(queued).ids().size());
        }
    }

    @Test
    void closeEndsWhatRunsAndFailsWhatWaits() throws InterruptedException {
        Bench bench = new Bench(ScriptedModel.hashed(), 1);
        bench.model.taking(MILLI, 0);
        Generation running = bench.start(Ask.of(Bench.prompt(5, 1), 400));
        running.take();
        Generation queued = bench.start(Ask.of(Bench.prompt(5, 2), 50));
        bench.close();
        assertEquals(FinishReason.CANCELLED, Bench.collect(running).reason());
        assertEquals(Reason.DRAINING, ((RequestRefusedException) Bench.failure(queued)).reason());
        assertThrows(RequestRefusedException.class, () -> bench.start(Ask.of(Bench.prompt(5, 3), 1)));
        assertTrue(Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("outpost-scheduler") && thread.isAlive()));
    }

    @Test
    void aConsumerThatNeverReadsHoldsNobodyUp() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            Generation unread = bench.start(Ask.of(Bench.prompt(5, 1), 400));
            assertEquals(400, bench.answer(Ask.of(Bench.prompt(5, 2), 400)).ids().size());
            Bench.await(() -> bench.sessions.status().running() == 0);
            assertEquals(400, Bench.collect(unread).ids().size());
        }
    }

    @Test
    void sleepsWhenIdleAndCountsAsAlive() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 2)) {
            bench.answer(Ask.of(Bench.prompt(5, 1), 3));
            Bench.await(() -> bench.sessions.status().running() == 0);
            long steps = bench.sessions.status().steps();
            Thread.sleep(50);
            assertEquals(steps, bench.sessions.status().steps());
            assertTrue(bench.sessions.status().movesOrIdles(System.nanoTime(), 1));
            Generation generation = bench.start(Ask.of(Bench.prompt(5, 1), 3));
            assertTrue(bench.sessions.status().movesOrIdles(System.nanoTime(), 1_000 * MILLI), "woken just now");
            Bench.collect(generation);
        }
    }

    @Test
    void pollGivesUpAfterItsTime() throws InterruptedException {
        try (Bench bench = new Bench(ScriptedModel.hashed(), 1)) {
            bench.model.taking(300 * MILLI, 0);
            Generation generation = bench.start(Ask.of(Bench.prompt(5, 1), 1));
            assertTrue(generation.poll(Duration.ofMillis(20)).isEmpty());
            generation.take();
            assertTrue(generation.take() instanceof Finished);
            assertThrows(IllegalStateException.class, () -> generation.poll(Duration.ZERO));
        }
    }

    /** Worst time of eight alarms by the model's own cost of steps and rows: a busy machine does not show in it. */
    private static long alarmTime(Bench bench) throws InterruptedException {
        long worst = 0;
        for (int i = 0; i < 8; i++) {
            Generation alarm = bench.start(Ask.of(Bench.prompt(40, i % 2), 8).as(RequestClass.ALARM, "alarm"));
            int before = Math.max(0, bench.model.steps().size() - 1);
            Bench.collect(alarm);
            long time = 0;
            for (ScriptedModel.Step step : bench.model.steps().subList(before, bench.model.steps().size())) {
                time += 2 * MILLI + step.rows() * MILLI / 4;
            }
            worst = Math.max(worst, time);
        }
        return worst;
    }
}
