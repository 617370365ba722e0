package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.SharedFiles;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The full run: three devices, the hub and the fleet's command line, each a process of the packaged application with its
 * own state, and only a broker between them. Enrol, roll a model out; one device comes late, one is killed over and over,
 * one is offered a model that is signed, loads and answers wrongly.
 */
class FleetRunIT {

    private static final String PROMPT = "what do you do";
    private static final int KILLS = Trials.full() ? 40 : 8;
    private static final int PATIENCE_SECONDS = Integer.getInteger("outpost.patience", 240);
    private static final long MORE_MILLIS = 2_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path root;

    @Test
    void aSmallModelGoesRoundAndABadOneComesBack() throws Exception {
        var good = TinyModel.of("llama", QuantType.Q8_0).withSizes(512, 4, 8, 4, 64, 1024).withSeed(7);
        run("small model", good.write(root.resolve("good.gguf")), "2MiB");
    }

    @Test
    void aPublishedModelGoesRoundAndABadOneComesBack() throws Exception {
        run("SmolLM2-135M", SharedFiles.model("SmolLM2-135M-Instruct.Q4_1.gguf"), "8MiB");
    }

    private void run(String name, Path good, String bandwidth) throws Exception {
        var tiny = TinyModel.of("llama", QuantType.Q8_0);
        Path factory = tiny.write(root.resolve("factory.gguf"));
        Path bad = tiny.withSeed(99).write(root.resolve("bad.gguf"));
        try (var site = new FleetSite(root.resolve("site"), bandwidth);
                var steady = site.device("press-1");
                var victim = site.device("press-2");
                var late = site.device("press-3")) {
            for (var device : List.of(steady, victim, late)) {
                site.factoryModel(device, factory);
            }
            steady.startAndAwait("ready: http");
            victim.startAndAwait("ready: http");
            String before = steady.answer(PROMPT);
            assertNotEquals("", before, "the factory's model answers");
            awaitReport(site, "press-1", "IDLE", "");
            awaitReport(site, "press-2", "IDLE", "");

            site.fleet("release", good.toString(), "--line", "press-assistant", "--title", name, "--licence",
                    "Apache-2.0", "--ask", "Say something.", "--ask-tokens", "4", "--context", "128", "--threads", "1",
                    "-d", site.directory.toString());
            site.fleet("rollout", "press-assistant", "--to", "presses", "-d", site.directory.toString());
            String goodDigest = ContentDigest.of(Files.readAllBytes(good)).hex();
            int kills = killOverAndOver(site, victim, goodDigest);
            awaitReport(site, "press-1", "ACTIVATED", goodDigest);
            awaitReport(site, "press-2", "ACTIVATED", goodDigest);
            late.startAndAwait("ready: http");
            awaitReport(site, "press-3", "ACTIVATED", goodDigest);
            String after = steady.answer(PROMPT);
            assertNotEquals(before, after, "another model answers");
            assertEquals(after, victim.answer(PROMPT));
            assertEquals(after, late.answer(PROMPT));

            String wrong = site.releaseWithWrongAnswers(bad, "press-assistant");
            site.fleet("rollout", wrong, "--to", "press-1", "-d", site.directory.toString());
            Programs.await(PATIENCE_SECONDS, "press-1 says that it rolled back", () -> !site.failures().isEmpty());
            assertEquals(List.of("press-1 rolled_back_to_previous " + wrong), site.failures());
            assertEquals(after, steady.answer(PROMPT), "the model before answers");
            assertTrue(site.fleet("watch", "--once", "-d", site.directory.toString()).contains("press-1"));
            table(site, name, kills, List.of(steady, victim, late));
            judge(site, steady, victim, late);
        }
    }

    /** Kills at seeded moments of its life, and starts it again each time, until the update is through. */
    private int killOverAndOver(FleetSite site, FleetProcess victim, String digest) {
        var random = new Random(Trials.seed());
        int kills = 0;
        while (kills < KILLS && !active(site, victim.name, digest)) {
            LockSupport.parkNanos(random.nextLong(2_500_000_000L));
            victim.kill();
            kills++;
            if (random.nextBoolean()) {
                victim.start();
                LockSupport.parkNanos(random.nextLong(1_500_000_000L));
                victim.kill();
                kills++;
            }
            victim.startAndAwait("ready: http");
        }
        return kills;
    }

    private static boolean active(FleetSite site, String device, String digest) {
        return site.report(device).filter(report -> report.active().equals(digest)
                && report.update().state().equals("ACTIVATED")).isPresent();
    }

    private static void awaitReport(FleetSite site, String device, String state, String active) {
        Programs.await(PATIENCE_SECONDS, device + " reports " + state + ": "
                + site.report(device).map(Object::toString).orElse("nothing"),
                () -> site.report(device).filter(report -> report.update().state().equals(state)
                        && (active.isEmpty() || report.active().equals(active))).isPresent());
    }

    private static void table(FleetSite site, String name, int kills, List<FleetProcess> devices) {
        for (var device : devices) {
            var report = site.report(device.name).orElseThrow();
            Trials.row("fleet-run",
                    "| model | broker | device | SIGKILLs | rolled back | serves | answered | 503 | failed"
                            + " | first start, ms | slowest start, ms | telemetry stored |",
                    name, site.broker, device.name,
                    device.name.equals("press-2") ? kills : 0, site.failures().stream()
                            .filter(failure -> failure.startsWith(device.name)).count(),
                    report.active().substring(0, 12), device.answered, device.loading, device.failures.size(),
                    device.readyMillis.getFirst(), device.readyMillis.stream().mapToLong(Long::longValue).max()
                            .orElse(0),
                    site.telemetry().getOrDefault(device.name, 0L));
        }
    }

    private static void judge(FleetSite site, FleetProcess steady, FleetProcess victim, FleetProcess late)
            throws InterruptedException, IOException {
        for (var device : List.of(steady, victim, late)) {
            assertEquals(List.of(), device.failures, device.name);
            assertTrue(device.answered.get() > 0, device.name);
            assertTrue(site.telemetry().getOrDefault(device.name, 0L) > 0, "telemetry of " + device.name);
            for (long millis : device.readyMillis) {
                assertTrue(millis <= device.readyMillis.getFirst() + MORE_MILLIS,
                        device.name + " was ready after " + device.readyMillis + " ms");
            }
        }
        assertEquals(0, steady.loading.get(), "both models fit beside each other, so nobody waits");
        for (var process : List.of(steady, victim, late, site.hub)) {
            assertEquals(0, process.end(), process.output());
        }
    }
}
