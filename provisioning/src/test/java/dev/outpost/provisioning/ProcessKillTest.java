package dev.outpost.provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.activate.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes that die by SIGKILL while they download, verify, activate, gate and roll back. At least 60 kills; the full count
 * is {@code -Doutpost.trials=full}, with 500; {@code -Doutpost.seed=N} draws others.
 */
class ProcessKillTest {

    private static final boolean FULL = "full".equals(System.getProperty("outpost.trials"));
    private static final int KILLS = FULL ? 500 : 60;
    private static final long SEED = Long.getLong("outpost.seed", 20_261_121L);
    private static final long MORE_MILLIS = 2_000;

    @TempDir
    Path root;

    private final Map<String, Integer> killsByState = new TreeMap<>();
    private final List<Long> readyMillis = new ArrayList<>();
    private int kills;
    private int updates;
    private long discarded;

    @Test
    void aFreshProcessAlwaysServesAndLosesNothingVerified() throws IOException, InterruptedException {
        KilledFleet fleet = new KilledFleet(root);
        long undisturbed = undisturbedReadyMillis(fleet);
        for (int device = 0; kills < KILLS; device++) {
            Fit fit = device % 2 == 0 ? Fit.BESIDE : Fit.ALONE;
            long seed = SEED + device;
            KilledProcesses run = new KilledProcesses(fleet.device(root.resolve("device-" + device)), fleet, fit,
                    device % 4 < 3, new Random(seed));
            assertEquals(Optional.empty(), run.run(false), () -> "seed=" + seed + ", kills=" + run.kills + "\n"
                    + run.output());
            count(run);
        }
        long slowest = Collections.max(readyMillis);
        write(undisturbed, slowest);
        assertTrue(slowest <= undisturbed + MORE_MILLIS, "ready after " + slowest + " ms, undisturbed " + undisturbed);
        assertTrue(killsByState.keySet().containsAll(List.of("STAGING", "GATING", "SWITCHING")),
                killsByState.toString());
    }

    private long undisturbedReadyMillis(KilledFleet fleet) throws IOException, InterruptedException {
        List<Long> all = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            KilledProcesses run = new KilledProcesses(fleet.device(root.resolve("undisturbed-" + i)), fleet, Fit.BESIDE,
                    true, new Random(i));
            assertEquals(Optional.empty(), run.run(true), run::output);
            all.addAll(run.readyMillis);
        }
        Collections.sort(all);
        return all.get(all.size() / 2);
    }

    private void count(KilledProcesses run) {
        run.kills.forEach(state -> killsByState.merge(state, 1, Integer::sum));
        kills += run.kills.size();
        readyMillis.addAll(run.readyMillis);
        discarded += Math.max(0, run.discardedBytes);
        updates++;
    }

    private void write(long undisturbed, long slowest) throws IOException {
        StringBuilder table = new StringBuilder("| The kill fell in | Kills |\n|---|---|\n");
        killsByState.forEach((state, count) -> table.append("| ").append(state.toLowerCase(java.util.Locale.ROOT))
                .append(" | ").append(count).append(" |\n"));
        table.append("\nkills=").append(kills).append(", updates=").append(updates)
                .append(", without a model=0, verified blocks fetched again=0, discarded KiB a kill=")
                .append((discarded >> 10) / kills).append(", ready ms undisturbed=").append(undisturbed)
                .append(", slowest=").append(slowest).append(", seed=").append(SEED).append('\n');
        System.out.println(table);
        Files.writeString(Path.of("target", "process-kills.md"), table);
    }
}
