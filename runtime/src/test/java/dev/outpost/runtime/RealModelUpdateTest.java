package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.SharedFiles;
import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.update.LoadedModel;
import dev.outpost.runtime.update.ModelAnswers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A published model of 94 MiB whose metadata changes: what is fetched, and how fast a rollback is. */
class RealModelUpdateTest {

    private static final EngineOptions OPTIONS = SwapDevice.ROOMY.withContext(512).withParallel(2).withThreads(2);

    @TempDir
    Path directory;

    @Test
    void aChangeOfMetadataFetchesTwoPercentAtMostAndAFailedGateIsBackInTime() throws Exception {
        Path file = SharedFiles.model("SmolLM2-135M-Instruct.Q4_1.gguf");
        byte[] bytes = Files.readAllBytes(file);
        SignedModels.Tiny first = model(file, bytes);
        SignedModels.Tiny second = renamed(first, bytes, (byte) 's');
        SignedModels.Tiny third = renamed(first, bytes, (byte) 'z');
        SwapDevice.settle(directory, first);
        try (SwapDevice device = SwapDevice.start(directory, OPTIONS, second.carrier())) {
            device.offer(SignedModels.offer(2, second, second.answer()));
            UpdateReport report = device.finish();

            assertEquals(UpdateState.ACTIVATED, report.state(), report.detail());
            assertTrue(report.fetchedBytes() > 0 && report.fetchedBytes() <= bytes.length / 50, report.toString());
        }
        long alone = Engine.plan(file, OPTIONS).total();
        try (SwapDevice device = SwapDevice.start(directory, OPTIONS.withMemoryBudgetBytes(alone + (1 << 20)),
                third.carrier())) {
            device.offer(SignedModels.offer(3, third, "an answer that this model does not give"));
            UpdateReport report = device.finish();

            assertEquals(UpdateState.ROLLED_BACK, report.state(), report.detail());
            assertTrue(device.passed(UpdateState.LOADING_ALONE));
            assertTrue(report.rollbackMillis() < 60_000, report.toString());
            assertEquals(Optional.of(second.digest()), device.serving());
        }
    }

    private static SignedModels.Tiny model(Path file, byte[] bytes) throws Exception {
        try (Engine engine = Engine.open(file, OPTIONS)) {
            ContentDigest digest = ContentDigest.of(bytes);
            String answer = ModelAnswers.of(new LoadedModel(file, Optional.of(digest), engine),
                    SignedModels.question(""));
            return new SignedModels.Tiny(bytes, digest, answer);
        }
    }

    /** The same model with one letter of its title changed; it answers as before. */
    private static SignedModels.Tiny renamed(SignedModels.Tiny model, byte[] bytes, byte letter) {
        byte[] copy = bytes.clone();
        String head = new String(copy, 0, 64 << 10, StandardCharsets.ISO_8859_1);
        int name = head.indexOf("general.name");
        copy[name + "general.name".length() + 4 + 8] = letter;
        return new SignedModels.Tiny(copy, ContentDigest.of(copy), model.answer());
    }
}
