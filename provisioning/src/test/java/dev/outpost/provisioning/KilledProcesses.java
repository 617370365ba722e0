package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.Fit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One device directory through one update, its process killed at seeded moments: after so many bytes, in a state, or
 * after so many milliseconds. Each fresh process judges the disk as it starts; what it noted is judged here.
 */
final class KilledProcesses {

    private static final int KILLS_AT_MOST = 6;

    private final Path folder;
    private final KilledFleet fleet;
    private final Fit fit;
    private final boolean good;
    private final Random random;
    /** Where each kill fell: the state last noted, or {@code starting}. */
    final List<String> kills = new ArrayList<>();
    final List<Long> readyMillis = new ArrayList<>();
    long discardedBytes;

    KilledProcesses(Path folder, KilledFleet fleet, Fit fit, boolean good, Random random) {
        this.folder = folder;
        this.fleet = fleet;
        this.fit = fit;
        this.good = good;
        this.random = random;
    }

    /** Kills until the update has ended; returns what was broken. */
    Optional<String> run(boolean undisturbed) throws IOException, InterruptedException {
        for (int i = 0; i < 40; i++) {
            int from = notes().size();
            Process process = start();
            boolean killed = !undisturbed && kills.size() < KILLS_AT_MOST && awaitMoment(process, from);
            if (killed) {
                process.destroyForcibly();
            }
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return Optional.of("hangs");
            }
            List<String> noted = notes().subList(from, notes().size());
            if (killed && !has(noted, "ENDED")) {
                kills.add(last(noted, "STATE").orElse("starting"));
            } else {
                return process.exitValue() == 0 || killed ? judge() : Optional.of("ended with " + process.exitValue());
            }
        }
        return Optional.of("does not end");
    }

    /** What the processes printed. */
    String output() {
        try {
            return Files.readString(folder.resolve("output"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Process start() throws IOException, InterruptedException {
        long since = System.nanoTime();
        int from = notes().size();
        Process process = new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xshare:auto", "-Xmx128m",
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
                KilledDevice.class.getName(), folder.toString(), fleet.folder.toString(), fit.name(),
                Boolean.toString(good))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("output").toFile())).start();
        Thread.ofVirtual().start(() -> {
            while (process.isAlive()) {
                if (has(tail(from), "READY")) {
                    synchronized (readyMillis) {
                        readyMillis.add((System.nanoTime() - since) / 1_000_000);
                    }
                    return;
                }
                LockSupport.parkNanos(2_000_000);
            }
        });
        return process;
    }

    /** Waits for the seeded moment; false if the process ended before it. */
    private boolean awaitMoment(Process process, int from) {
        int way = random.nextInt(10);
        long bytes = random.nextLong(fleet.bytes);
        List<String> states = states();
        String state = states.get(random.nextInt(states.size()));
        long extraNanos = random.nextLong(way < 4 ? 3_000_000 : 20_000_000);
        long until = System.nanoTime() + random.nextLong(1_500_000_000L);
        while (process.isAlive()) {
            List<String> noted = tail(from);
            boolean now = way < 4 && bytes(noted) >= bytes
                    || way >= 4 && way < 9 && noted.contains("STATE " + state)
                    || way == 9 && System.nanoTime() > until;
            if (now) {
                LockSupport.parkNanos(extraNanos);
                return true;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return false;
    }

    /** The states that this update passes through. */
    private List<String> states() {
        List<String> states = new ArrayList<>(List.of("VERIFYING", "STAGING", "PLANNING", "GATING"));
        states.addAll(fit == Fit.BESIDE ? List.of("LOADING_BESIDE") : List.of("DRAINING", "LOADING_ALONE"));
        states.addAll(good ? List.of("SWITCHING", "TRIAL", "COMMITTING") : List.of("ROLLING_BACK", "ROLLING_BACK"));
        return states;
    }

    private Optional<String> judge() throws IOException {
        List<String> all = notes();
        Set<String> taken = new HashSet<>();
        Set<String> passed = new HashSet<>();
        for (String line : all) {
            String value = line.substring(line.indexOf(' ') + 1);
            if (line.startsWith("NO_MODEL")) {
                return Optional.of("started without a servable model");
            } else if (line.startsWith("GATE ")) {
                passed.add(value);
            } else if (line.startsWith("SERVES ") && value.equals(fleet.digest.hex()) && !passed.contains(value)) {
                return Optional.of("a model serves that never passed its gate");
            } else if (line.startsWith("TAKEN ") && !taken.add(value)) {
                return Optional.of("a verified block was fetched again");
            }
        }
        discardedBytes = bytes(all) - fleet.wantedBytes;
        if (discardedBytes > (long) kills.size() << 20) {
            return Optional.of("received bytes discarded: " + discardedBytes + " in " + kills.size() + " cuts");
        }
        UpdateOutcome expected = good ? UpdateOutcome.ACTIVATED : UpdateOutcome.ROLLED_BACK_TO_PREVIOUS;
        String outcome = last(all, "ENDED").orElse("nothing");
        boolean attemptsSpent = kills.size() >= 3 && outcome.equals(UpdateOutcome.ROLLED_BACK_TO_PREVIOUS.name());
        return outcome.equals(expected.name()) || attemptsSpent ? Optional.empty() : Optional.of("ended as " + outcome);
    }

    private List<String> notes() throws IOException {
        Path file = folder.resolve("notes");
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private List<String> tail(int from) {
        try {
            List<String> all = notes();
            return all.subList(Math.min(from, all.size()), all.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    private static long bytes(List<String> noted) {
        return noted.stream().filter(line -> line.startsWith("BYTES ")).mapToLong(line -> Long.parseLong(
                line.substring(6))).sum();
    }

    private static boolean has(List<String> noted, String word) {
        return noted.stream().anyMatch(line -> line.startsWith(word + " "));
    }

    private static Optional<String> last(List<String> noted, String word) {
        return noted.stream().filter(line -> line.startsWith(word + " ")).reduce((first, second) -> second)
                .map(line -> line.substring(word.length() + 1));
    }
}
