package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.activate.Fit;
import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.activate.Rollback;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.verify.TrustFixture;
import dev.outpost.runtime.control.ControlException;
import dev.outpost.runtime.control.ControlHandler.Progress;
import dev.outpost.runtime.update.LoadedModel;
import dev.outpost.runtime.update.ServingDesk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fit, deadline and an operator's choice, over real engines. */
class ModelSwapTest {

    private static final ReleaseManifest ANY = TrustFixture.release(1);

    @TempDir
    static Path folder;
    private static SignedModels.Tiny old;
    private static SignedModels.Tiny better;

    @TempDir
    Path directory;

    @BeforeAll
    static void models() throws Exception {
        old = SignedModels.tiny(folder, 1);
        better = SignedModels.tiny(folder, 2);
    }

    @BeforeEach
    void settle() {
        SwapDevice.settle(directory, old);
    }

    @Test
    void fitsByThePlanAgainstWhatTheServingModelLeaves() throws Exception {
        long alone = Engine.plan(folder.resolve("seed-1.gguf"), SwapDevice.ROOMY).total();
        try (SwapDevice device = started(alone + (1 << 20))) {
            assertEquals(Fit.ALONE, device.swap.fit(better.digest(), ANY));
            device.swap.unloadServing();
            assertEquals(Fit.BESIDE, device.swap.fit(better.digest(), ANY), "nothing is in its way");
        }
        try (SwapDevice device = started(2 * alone)) {
            assertEquals(Fit.BESIDE, device.swap.fit(better.digest(), ANY));
        }
    }

    @Test
    void aModelTooLargeEvenAloneIsNeverTried() throws Exception {
        long alone = Engine.plan(folder.resolve("seed-1.gguf"), SwapDevice.ROOMY).total();
        byte[] large = TinyModel.of("llama", QuantType.Q8_0).withSizes(2048, 2, 4, 2, 512, 4096).bytes();
        try (SwapDevice device = started(alone + (1 << 20))) {
            var digest = device.room.call(_ -> device.ground.store().importFile(SignedModels.source(large),
                    new ModelOrigin.Operator("test"), Optional.of("large"), _ -> {})).get().digest();
            assertEquals(Fit.NEVER, device.swap.fit(digest, ANY));
        }
    }

    /** Squeezed in beside the old one it would have fewer slots for ever. */
    @Test
    void aModelThatWouldBeSqueezedGoesAlone() throws Exception {
        var plan = Engine.plan(folder.resolve("seed-1.gguf"), SwapDevice.ROOMY);
        long squeezed = 2 * plan.total() - plan.jvm() - plan.kv() / 2;
        try (SwapDevice device = started(squeezed)) {
            assertEquals(Fit.ALONE, device.swap.fit(better.digest(), ANY));
        }
    }

    @Test
    void servingWhatServesIsNothing() throws Exception {
        try (SwapDevice device = started(4L << 30)) {
            Optional<LoadedModel> before = device.swap.current();
            device.swap.serve(old.digest(), Duration.ZERO);
            assertEquals(before, device.swap.current());
        }
    }

    @Test
    void aDeadlineIsKeptAndALateModelServesAllTheSame() throws Exception {
        try (SwapDevice device = started(4L << 30)) {
            device.swap.unloadServing();
            long begun = System.nanoTime();
            assertThrows(PreparationFailedException.class,
                    () -> device.swap.serve(better.digest(), Duration.ofNanos(1)));
            assertTrue(System.nanoTime() - begun < Duration.ofSeconds(10).toNanos());
            SwapDevice.until(() -> device.serving().equals(Optional.of(better.digest())), () -> "the late model");
            assertEquals(200, device.ask("there?").statusCode());
        }
    }

    @Test
    void aModelThatIsStillBusyIsTakenBackWithoutLoading() throws Exception {
        try (SwapDevice device = started(4L << 30);
                var line = new LineStream(device.server.port(), "/v1/completions",
                        "{\"model\":\"default\",\"prompt\":\"x\",\"max_tokens\":480,\"temperature\":0,"
                                + "\"ignore_eos\":true,\"stream\":true}")) {
            line.awaitData();
            LoadedModel before = device.swap.current().orElseThrow();
            device.swap.load(better.digest());
            device.swap.serve(better.digest(), Rollback.DEADLINE);
            boolean busy = before.engine().status().running() > 0;
            device.swap.serve(old.digest(), Rollback.DEADLINE);
            assertTrue(!busy || device.swap.current().orElseThrow() == before, "the busy engine serves again");
            assertEquals("data: [DONE]", line.toEnd().getLast());
            assertEquals(200, device.ask("there?").statusCode());
        }
    }

    @Test
    void anOperatorsChoiceWinsOverAModelOnTrial() throws Exception {
        Path mine = TinyModel.of("llama", QuantType.Q8_0).withContext(512).withSeed(7)
                .write(directory.resolve("mine.gguf"));
        try (SwapDevice device = SwapDevice.start(directory, SwapDevice.ROOMY, better.carrier())) {
            device.offer(SignedModels.offer(2, better, better.answer()));
            device.await(UpdateState.TRIAL);
            JsonObject imported = desk(device).answer(importing(mine), Progress.NONE);

            UpdateReport report = device.await(UpdateState.ROLLED_BACK);
            assertEquals("another model was chosen on its trial", report.detail());
            assertTrue(imported.toString().contains("active"), imported.toString());
            assertEquals(device.active(), device.serving());
            assertTrue(!device.serving().equals(Optional.of(better.digest()))
                    && !device.serving().equals(Optional.of(old.digest())));
        }
    }

    @Test
    void anOperatorsChoiceThatDoesNotWorkChangesNothing() throws Exception {
        Path text = Files.writeString(directory.resolve("notes.txt"), "no model");
        for (long budget : List.of(4L << 30,
                Engine.plan(folder.resolve("seed-1.gguf"), SwapDevice.ROOMY).total() + (1 << 20))) {
            try (SwapDevice device = started(budget)) {
                assertThrows(ControlException.class, () -> desk(device).answer(importing(text), Progress.NONE));
                assertEquals(Optional.of(old.digest()), device.serving());
                assertEquals(Optional.of(old.digest()), device.active());
            }
        }
    }

    @Test
    void anOperatorsChoiceWorksWhereOnlyOneFits() throws Exception {
        long alone = Engine.plan(folder.resolve("seed-1.gguf"), SwapDevice.ROOMY).total();
        try (SwapDevice device = started(alone + (1 << 20))) {
            desk(device).answer(importing(folder.resolve("seed-2.gguf")), Progress.NONE);
            assertEquals(Optional.of(better.digest()), device.serving());
            assertEquals(Optional.of(better.digest()), device.active());
        }
    }

    private SwapDevice started(long budgetBytes) throws InterruptedException {
        EngineOptions options = SwapDevice.ROOMY.withMemoryBudgetBytes(budgetBytes);
        SwapDevice device = SwapDevice.start(directory, options);
        device.ground.store().importFile(SignedModels.source(better.bytes()), new ModelOrigin.Operator("test"),
                Optional.of("better"), _ -> {});
        return device;
    }

    private static ServingDesk desk(SwapDevice device) {
        return new ServingDesk(device.room, device.ground, device.swap);
    }

    private static JsonObject importing(Path file) {
        return JsonObject.of(Map.of()).with("op", "import").with("path", file.toString()).with("activate",
                new JsonFlag(true));
    }
}
