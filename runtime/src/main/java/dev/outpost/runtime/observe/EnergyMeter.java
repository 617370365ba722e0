package dev.outpost.runtime.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Energy the machine takes, where it can be read: RAPL package counters (powercap, microjoules), else power sensors of
 * hwmon (microwatts) sampled every 100 ms.
 *
 * <p>Sources: the kernel's {@code power/powercap} and {@code hwmon/sysfs-interface} documents.
 */
public final class EnergyMeter {

    private static final long SAMPLE_MILLIS = 100;

    private final List<Path> counters;
    private final List<Path> sensors;

    private EnergyMeter(List<Path> counters, List<Path> sensors) {
        this.counters = counters;
        this.sensors = sensors;
    }

    /** Looks for counters below a file system's root. */
    public static EnergyMeter under(Path root) {
        List<Path> counters = find(root.resolve("sys/class/powercap"), "intel-rapl:[0-9]*", "energy_uj").stream()
                .filter(path -> path.getParent().getFileName().toString().matches("intel-rapl:\\d+")).toList();
        var sensors = new ArrayList<>(find(root.resolve("sys/class/hwmon"), "hwmon*", "power1_average"));
        if (sensors.isEmpty()) {
            sensors.addAll(find(root.resolve("sys/class/hwmon"), "hwmon*", "power1_input"));
        }
        return new EnergyMeter(counters, sensors);
    }

    /** Whether there is anything to read. */
    public boolean readable() {
        return !counters.isEmpty() || !sensors.isEmpty();
    }

    /** Where the numbers come from, or why there are none. */
    public String source() {
        if (!counters.isEmpty()) {
            return "RAPL, " + counters.size() + " package(s), the whole machine";
        }
        return sensors.isEmpty()
                ? "not readable here: no RAPL counter and no hwmon power sensor this user may read"
                : "hwmon, " + sensors.size() + " sensor(s), the whole machine";
    }

    /** Starts one measurement. */
    public Measurement start() {
        return new Measurement();
    }

    /** Energy from its creation to {@link #joules()}. */
    public final class Measurement {
        private final List<Long> before = counters.stream().map(EnergyMeter::number).toList();
        private final Thread sampler = Thread.ofVirtual().unstarted(this::sample);
        private volatile double sampledJoules;

        private Measurement() {
            if (counters.isEmpty() && !sensors.isEmpty()) {
                sampler.start();
            }
        }

        /** Ends the measurement; empty where nothing is readable. */
        public OptionalDouble joules() {
            sampler.interrupt();
            if (!readable()) {
                return OptionalDouble.empty();
            }
            if (counters.isEmpty()) {
                return OptionalDouble.of(sampledJoules);
            }
            double microjoules = 0;
            for (int i = 0; i < counters.size(); i++) {
                long spent = number(counters.get(i)) - before.get(i);
                // a counter wraps at the value beside it
                microjoules += spent >= 0
                        ? spent
                        : spent + number(counters.get(i).resolveSibling("max_energy_range_uj"));
            }
            return OptionalDouble.of(microjoules / 1e6);
        }

        private void sample() {
            try {
                long last = System.nanoTime();
                while (true) {
                    Thread.sleep(SAMPLE_MILLIS);
                    long now = System.nanoTime();
                    double watts = sensors.stream().mapToLong(EnergyMeter::number).sum() / 1e6;
                    sampledJoules += watts * (now - last) / 1e9;
                    last = now;
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static long number(Path file) {
        try {
            return Long.parseLong(Files.readString(file).strip());
        } catch (IOException | NumberFormatException unreadable) {
            return 0;
        }
    }

    private static List<Path> find(Path directory, String folders, String name) {
        var found = new ArrayList<Path>();
        if (!Files.isDirectory(directory)) {
            return found;
        }
        try (var entries = Files.newDirectoryStream(directory, folders)) {
            for (Path entry : entries) {
                Path file = entry.resolve(name);
                if (Files.isReadable(file)) {
                    found.add(file);
                }
            }
        } catch (IOException unreadable) {
            return List.of();
        }
        found.sort(null);
        return found;
    }
}
