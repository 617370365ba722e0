package dev.outpost.device;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the few procfs and sysfs files of a machine under a root. */
final class MachineTree {

    private final Path root;

    MachineTree(Path root) {
        this.root = root;
    }

    MachineTree file(String path, String text) {
        try {
            Path file = root.resolve(path);
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    MachineTree raspberryPi5() {
        return file("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0")
                .file("sys/devices/system/cpu/online", "0-3\n")
                .file("proc/cpuinfo", "processor\t: 0\nBogoMIPS\t: 108.00\nCPU implementer\t: 0x41\n")
                .file("proc/meminfo", "MemTotal:        8245136 kB\nMemAvailable:    7340032 kB\n")
                .file("sys/class/thermal/thermal_zone0/type", "cpu-thermal\n")
                .file("sys/class/thermal/thermal_zone0/temp", "51250\n");
    }

    DeviceProfile probe() {
        return new DeviceProbe(root, () -> new DeviceProbe.Known("amd64", 2, 64L << 30, 32L << 30)).probe();
    }
}
