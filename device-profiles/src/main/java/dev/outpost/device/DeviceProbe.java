package dev.outpost.device;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * Looks at a machine through procfs, sysfs and the control groups under a given root.
 *
 * <p>Reads only; takes a few milliseconds. A hardened service manager may hide {@code /proc/cpuinfo} and
 * {@code /proc/meminfo}: what the virtual machine knows fills such gaps.
 */
public final class DeviceProbe {

    private static final long KIB = 1 << 10;

    private final SystemFiles files;
    private final Supplier<Known> known;

    /**
     * What is known without these files.
     *
     * @param architecture as the virtual machine spells it
     * @param cores processors the virtual machine may use
     * @param totalBytes the machine's memory
     * @param freeBytes of it free; a lower bound of what is available
     */
    public record Known(String architecture, int cores, long totalBytes, long freeBytes) {}

    /**
     * @param root of the file system, {@code /} but in tests
     * @param known asked only where a file is hidden: the virtual machine takes long to say it
     */
    public DeviceProbe(Path root, Supplier<Known> known) {
        this.files = new SystemFiles(root);
        this.known = known;
    }

    public DeviceProfile probe() {
        CgroupLimits limits = CgroupLimits.read(files);
        return new DeviceProfile(board(), cpu(limits), memory(limits), temperatures());
    }

    // The device tree names single-board computers, DMI names PCs.
    private Optional<String> board() {
        return files.text("proc/device-tree/model").or(() -> files.text("sys/firmware/devicetree/base/model"))
                .or(() -> files.text("sys/class/dmi/id/product_name"))
                .or(() -> files.text("sys/devices/virtual/dmi/id/product_name"));
    }

    private CpuProfile cpu(CgroupLimits limits) {
        String info = "proc/cpuinfo";
        int online = files.text("sys/devices/system/cpu/online").map(SystemFiles::countList)
                .filter(count -> count > 0).orElseGet(this::processorLines);
        int usable = Math.min(online, limits.cores().orElse(online));
        String model = files.field(info, "model name").or(() -> files.field(info, "Model")).orElse("");
        return new CpuProfile(architecture(), model, online, Math.max(1, usable));
    }

    private int processorLines() {
        long lines = files.text("proc/cpuinfo").stream().flatMap(String::lines)
                .filter(line -> line.startsWith("processor")).count();
        return lines > 0 ? (int) lines : known.get().cores();
    }

    private String architecture() {
        if (files.field("proc/cpuinfo", "CPU implementer").isPresent()) {
            return "arm64";
        }
        if (files.field("proc/cpuinfo", "vendor_id").isPresent()) {
            return "x86-64";
        }
        String architecture = known.get().architecture();
        return switch (architecture) {
            case "aarch64", "arm64" -> "arm64";
            case "amd64", "x86_64" -> "x86-64";
            default -> architecture;
        };
    }

    private MemoryProfile memory(CgroupLimits limits) {
        long total = kibibytes("MemTotal").orElseGet(() -> known.get().totalBytes());
        long available = kibibytes("MemAvailable").orElseGet(() -> Math.min(total, known.get().freeBytes()));
        return new MemoryProfile(total, available, limits.memoryLimit(), limits.memoryFree());
    }

    private OptionalLong kibibytes(String name) {
        OptionalLong value = files.field("proc/meminfo", name).map(text -> SystemFiles.parse(text.split("\\s+")[0]))
                .orElse(OptionalLong.empty());
        return value.isPresent() ? OptionalLong.of(value.getAsLong() * KIB) : value;
    }

    private List<DeviceProfile.Temperature> temperatures() {
        var found = new ArrayList<DeviceProfile.Temperature>();
        for (String zone : files.names("sys/class/thermal")) {
            OptionalLong thousandths = files.number("sys/class/thermal/" + zone + "/temp");
            if (zone.startsWith("thermal_zone") && thousandths.isPresent()) {
                String kind = files.text("sys/class/thermal/" + zone + "/type").orElse(zone);
                found.add(new DeviceProfile.Temperature(kind, thousandths.getAsLong() / 1000.0));
            }
        }
        return found;
    }
}
