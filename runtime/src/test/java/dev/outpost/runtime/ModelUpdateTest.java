package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.RequestClass;
import dev.outpost.engine.failure.EngineException;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.memory.MemoryPlan;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.provisioning.TestCarrier;
import dev.outpost.provisioning.UpdateOutcome;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.verify.TrustFixture;
import dev.outpost.runtime.update.UpdateGround;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Signed updates of a serving process: real documents, store, engines and requests. */
class ModelUpdateTest {

    @TempDir
    static Path folder;
    private static SignedModels.Tiny old;
    private static SignedModels.Tiny better;
    private static SignedModels.Offer good;
    private static SignedModels.Offer wrong;

    @TempDir
    Path directory;

    @BeforeAll
    static void models() throws Exception {
        old = SignedModels.tiny(folder, 1);
        better = SignedModels.tiny(folder, 2);
        good = SignedModels.offer(2, better, better.answer());
        wrong = SignedModels.offer(2, better, "an answer that no random model gives");
    }

    /** A budget that holds one of the models, not two. */
    private EngineOptions tight() {
        MemoryPlan plan = Engine.plan(folder.resolve("seed-1.gguf"), SwapDevice.ROOMY);
        return SwapDevice.ROOMY.withMemoryBudgetBytes(plan.total() + (1 << 20));
    }

    @Test
    void bothFitAndNoRequestFailsWhileTheModelChanges() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier());
                var load = new StreamingLoad(device.server.port(), 4)) {
            Engine before = device.swap.current().orElseThrow().engine();
            load.awaitAnswers(8);
            device.offer(good);
            UpdateReport report = device.await(UpdateState.ACTIVATED);
            load.awaitAnswers(8);

            assertEquals(List.of(), load.stop(), "requests failed during the switch");
            assertTrue(device.passed(UpdateState.LOADING_BESIDE) && !device.passed(UpdateState.DRAINING));
            assertEquals(Optional.of(better.digest()), device.serving());
            assertEquals(Optional.of(better.digest()), device.active());
            assertEquals(UpdateOutcome.ACTIVATED, report.outcome().orElseThrow());
            assertTrue(device.get("/v1/models").contains(better.digest().hex()));
            assertTrue(device.get("/metrics").contains("digest=\"" + better.digest().hex() + "\""));
            SwapDevice.until(() -> closed(before), () -> "the old engine is closed once it is idle");
        }
    }

    @Test
    void aRequestInFlightEndsOnTheModelItBeganOn() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier());
                var line = new LineStream(device.server.port(), "/v1/completions",
                        "{\"model\":\"default\",\"prompt\":\"x\",\"max_tokens\":450,\"temperature\":0,"
                                + "\"ignore_eos\":true,\"stream\":true}")) {
            String fingerprint = fingerprint(line.awaitData());
            device.offer(good);
            device.await(UpdateState.TRIAL);
            List<String> rest = line.toEnd();

            assertEquals("data: [DONE]", rest.getLast());
            assertTrue(rest.stream().filter(data -> data.contains("fingerprint"))
                    .allMatch(data -> fingerprint(data).equals(fingerprint)), "an answer changed its model midway");
            assertFalse(fingerprint(device.ask("x").body()).equals(fingerprint), "new requests meet the new model");
        }
    }

    @Test
    void onlyOneFitsAndRequestsAreToldThatAModelIsLoading() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, tight(), better.carrier());
                var load = new StreamingLoad(device.server.port(), 2)) {
            load.awaitAnswers(4);
            device.offer(good);
            UpdateReport report = device.await(UpdateState.ACTIVATED);
            load.awaitAnswers(4);
            List<StreamingLoad.Failure> refused = load.stop();

            assertTrue(device.passed(UpdateState.DRAINING) && device.passed(UpdateState.LOADING_ALONE));
            assertFalse(refused.isEmpty(), "nobody asked while the model was loading: the test is too slow");
            for (StreamingLoad.Failure failure : refused) {
                assertEquals(503, failure.status(), failure.toString());
                assertEquals("model_loading", failure.code(), failure.toString());
                assertTrue(Integer.parseInt(failure.retryAfter()) >= 1, failure.toString());
            }
            assertEquals(Optional.of(better.digest()), device.serving());
            assertEquals(UpdateOutcome.ACTIVATED, report.outcome().orElseThrow());
        }
    }

    @Test
    void aWrongAnswerAtTheGateLeavesTheOldModelUntouched() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier());
                var load = new StreamingLoad(device.server.port(), 2)) {
            load.awaitAnswers(4);
            device.offer(wrong);
            UpdateReport report = device.finish();

            assertEquals(List.of(), load.stop(), "requests failed although the old model never left");
            assertEquals(UpdateState.ROLLED_BACK, report.state());
            assertTrue(report.detail().contains("gate not passed: right=0, asked=1"), report.detail());
            assertTrue(report.rollbackMillis() < 60_000);
            assertEquals(Optional.of(old.digest()), device.serving());
            assertEquals(Optional.of(old.digest()), device.active());
        }
    }

    @Test
    void aWrongAnswerAtTheGateBringsTheOldModelBackWithin60Seconds() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, tight(), better.carrier())) {
            device.offer(wrong);
            UpdateReport report = device.finish();

            assertEquals(UpdateState.ROLLED_BACK, report.state());
            assertTrue(device.passed(UpdateState.LOADING_ALONE));
            assertTrue(report.rollbackMillis() < 60_000, "rollbackMillis=" + report.rollbackMillis());
            assertEquals(Optional.of(old.digest()), device.serving());
            assertEquals(200, device.ask("still there?").statusCode());
        }
    }

    @Test
    void aModelThatCannotBePlannedIsRefusedAndNothingChanges() throws Exception {
        SwapDevice.settle(directory, old);
        byte[] file = TinyModel.of("llama", QuantType.Q8_0).writer().without("general.architecture")
                .string("general.architecture", "unheard-of").bytes();
        BlockList.Cut cut = BlockList.cut(SignedModels.source(file), BlockSizes.STANDARD);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY,
                new TestCarrier("test").offers(file, cut.blocks()))) {
            device.offer(SignedModels.offer(2, 2, cut, List.of()));
            UpdateReport report = device.finish();

            assertEquals(UpdateState.REFUSED, report.state());
            assertEquals(Optional.of(Refusal.FILE_MISMATCH), report.refusal());
            assertEquals(Optional.of(old.digest()), device.serving());
        }
    }

    /** The plan reads no vocabulary, so this file is found out by the load. */
    @Test
    void aModelThatDoesNotLoadIsRolledBackOnBothPaths() throws Exception {
        byte[] file = TinyModel.of("llama", QuantType.Q8_0).withContext(512).writer()
                .without("tokenizer.ggml.model").string("tokenizer.ggml.model", "unheard-of").bytes();
        BlockList.Cut cut = BlockList.cut(SignedModels.source(file), BlockSizes.STANDARD);
        for (EngineOptions options : List.of(SwapDevice.ROOMY, tight())) {
            Path state = Files.createDirectories(directory.resolve("state-" + options.memoryBudgetBytes()));
            SwapDevice.settle(state, old);
            try (SwapDevice device = SwapDevice.start(state, options,
                    new TestCarrier("test").offers(file, cut.blocks()))) {
                device.offer(SignedModels.offer(2, 2, cut, List.of()));
                UpdateReport report = device.finish();

                assertEquals(UpdateState.ROLLED_BACK, report.state(), report.detail());
                assertTrue(report.detail().startsWith("model does not load"), report.detail());
                assertEquals(Optional.of(old.digest()), device.serving());
                assertEquals(200, device.ask("still there?").statusCode());
            }
        }
    }

    @Test
    void threeFaultsInARowOnTrialBringTheOldModelBack() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            device.offer(good);
            device.await(UpdateState.TRIAL);
            device.room.answered(old.digest(), false);
            for (int i = 0; i < 3; i++) {
                device.room.answered(better.digest(), false);
            }
            UpdateReport report = device.await(UpdateState.ROLLED_BACK);

            assertEquals("gave no answers on trial", report.detail());
            assertEquals(Optional.of(old.digest()), device.serving());
            assertEquals(200, device.ask("still there?").statusCode());
            device.offer(good);
            assertEquals(UpdateState.ROLLED_BACK, device.room.report().state(), "the same offer is not taken again");
        }
    }

    @Test
    void theFirstModelEverArrivesAtAProcessThatHasNone() throws Exception {
        SignedModels.TRUST.install(UpdateGround.open(directory, TrustFixture.BUILD).storage());
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            HttpResponse<String> early = device.ask("anybody there?");
            assertEquals(503, early.statusCode());
            assertTrue(early.body().contains("model_loading"), early.body());
            device.offer(good);
            assertEquals(UpdateState.ACTIVATED, device.finish().state());
            assertEquals(200, device.ask("and now?").statusCode());
        }
    }

    @Test
    void aFirstModelThatFailsItsTrialLeavesNobodyServingABadOne() throws Exception {
        SignedModels.TRUST.install(UpdateGround.open(directory, TrustFixture.BUILD).storage());
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            device.offer(good);
            device.await(UpdateState.TRIAL);
            for (int i = 0; i < 3; i++) {
                device.room.answered(better.digest(), false);
            }
            device.await(UpdateState.REFUSED);
            SwapDevice.until(() -> device.serving().isEmpty(), () -> "the failed model leaves");
            assertEquals(503, device.ask("anybody there?").statusCode());
        }
    }

    @Test
    void aProcessWhoseOnlyModelHasRottenStartsAndABetterReleaseIsAWayOut() throws Exception {
        SwapDevice.settle(directory, old);
        Path blob = directory.resolve("models/blobs/" + old.digest());
        Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("rw-------"));
        Files.write(blob, new byte[]{1, 2, 3});
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            UpdateReport before = device.room.report();
            assertEquals(UpdateState.NEEDS_HANDS, before.state());
            assertTrue(before.detail().startsWith("no model serves: "), before.detail());
            assertEquals(503, device.ask("anybody there?").statusCode());
            device.offer(good);
            assertEquals(UpdateState.ACTIVATED, device.finish().state());
            assertEquals(200, device.ask("and now?").statusCode());
        }
    }

    @Test
    void theLastGoodModelServesWhenTheActiveOneHasRotten() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            device.offer(good);
            assertEquals(UpdateState.ACTIVATED, device.finish().state());
        }
        Path blob = directory.resolve("models/blobs/" + better.digest());
        Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("rw-------"));
        Files.write(blob, new byte[]{1, 2, 3});
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY)) {
            assertEquals(Optional.of(old.digest()), device.serving());
            assertEquals(200, device.ask("still there?").statusCode());
            assertEquals(UpdateState.ACTIVATED, device.room.report().state(), "the journal tells of the last update");
        }
    }

    @Test
    void anOperatorsFileServesUntilAnUpdatePassesItsGateAndComesBackWhenItDoesNot() throws Exception {
        SwapDevice.settle(directory, old);
        Path file = TinyModel.of("llama", QuantType.Q8_0).withContext(512).withSeed(9)
                .write(directory.resolve("mine.gguf"));
        for (EngineOptions options : List.of(tight(), SwapDevice.ROOMY)) {
            try (SwapDevice device = SwapDevice.start(directory, options, Optional.of(file), List.of(),
                    better.carrier())) {
                assertEquals(Optional.of(file), device.swap.current().map(model -> model.file()));
                long version = options == SwapDevice.ROOMY ? 3 : 2;
                device.offer(SignedModels.offer(version, better, "an answer that no random model gives"));
                device.finish();
                assertEquals(Optional.of(file), device.swap.current().map(model -> model.file()));
                assertEquals(200, device.ask("still mine?").statusCode());
            }
        }
        SwapDevice.settle(directory.resolve("second"), old);
        try (SwapDevice device = SwapDevice.start(directory.resolve("second"), SwapDevice.ROOMY, Optional.of(file),
                List.of(), better.carrier())) {
            device.offer(good);
            assertEquals(UpdateState.ACTIVATED, device.finish().state());
            assertEquals(Optional.of(better.digest()), device.serving());
        }
        try (SwapDevice device = SwapDevice.start(directory.resolve("second"), SwapDevice.ROOMY, Optional.of(file),
                List.of())) {
            assertEquals(Optional.of(better.digest()), device.serving(), "a fleet's model stays over a restart");
        }
    }

    @Test
    void anOfferThatCannotBeTakenNowIsTakenLater() throws Exception {
        SwapDevice.settle(directory, old);
        SignedModels.Offer next = SignedModels.offer(3, old, old.answer());
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            device.offer(good);
            device.await(UpdateState.TRIAL);
            device.offer(next);
            device.finish();
            UpdateReport report = device
                    .await(now -> now.state() == UpdateState.TRIAL && now.counter() == 3);
            assertEquals(Optional.of(old.digest()), report.file());
            assertEquals(UpdateState.ACTIVATED, device.finish().state());
        }
    }

    @Test
    void afterADiskFaultTheUpdateGoesOnByItself() throws Exception {
        SwapDevice.settle(directory, old);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            Path inTheWay = Files.createDirectories(directory.resolve("update/offer.tmp"));
            device.offer(good);
            SwapDevice.until(() -> device.room.fault().isPresent(), () -> "the fault");
            assertEquals(200, device.ask("still there?").statusCode());
            assertEquals("plant-1", device.room.call(verifier -> verifier.device().site()).get());
            Files.delete(inTheWay);
            device.await(UpdateState.TRIAL);
            assertEquals(UpdateState.ACTIVATED, device.finish().state());
            assertEquals(Optional.empty(), device.room.fault());
        }
    }

    @Test
    void aCallRunsWhileAFileArrives() throws Exception {
        SwapDevice.settle(directory, old);
        var carrier = new PausedCarrier(better);
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, carrier)) {
            device.offer(good);
            carrier.awaitBlocks(1);
            var call = device.room.call(verifier -> verifier.device().site());
            carrier.release();
            assertEquals("plant-1", call.get(30, TimeUnit.SECONDS));
            assertEquals(UpdateState.ACTIVATED, device.finish().state());
        }
    }

    private static boolean closed(Engine engine) {
        try {
            engine.embed(new int[]{1}, RequestClass.NORMAL, "test");
            return false;
        } catch (EngineException | IllegalStateException expected) {
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static String fingerprint(String json) {
        int at = json.indexOf("\"system_fingerprint\":\"");
        assertTrue(at >= 0, json);
        return json.substring(at + 22, json.indexOf('"', at + 22));
    }
}
