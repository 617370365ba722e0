package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.config.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EngineSetupTest {

    @TempDir
    Path root;

    @BeforeEach
    void aRaspberryPi5() throws IOException {
        write("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0");
        write("proc/cpuinfo", "processor\t: 0\nCPU implementer\t: 0x41\n");
        write("proc/meminfo", "MemTotal: 8388608 kB\nMemAvailable: 4194304 kB\n");
        write("sys/devices/system/cpu/online", "0-3\n");
    }

    @Test
    void theMatchedProfileGivesThreadsContextAndBudget() {
        Setup setup = setup(Map.of());

        assertEquals("raspberry-pi-5 (board=\"Raspberry Pi 5 Model B Rev 1.0\")", setup.profile());
        assertEquals(4, setup.options().threads());
        assertEquals(4096, setup.options().context());
        assertEquals(2, setup.options().parallel());
        assertEquals(OptionalLong.of((long) ((4L << 30) * 0.7)), setup.options().memoryBudgetBytes());
    }

    @Test
    void aControlGroupLowersThreadsAndBudget() throws IOException {
        write("proc/self/cgroup", "0::/box\n");
        write("sys/fs/cgroup/box/cpu.max", "200000 100000\n");
        write("sys/fs/cgroup/box/memory.max", "1073741824\n");

        Setup setup = setup(Map.of());

        assertEquals(2, setup.options().threads());
        assertEquals(OptionalLong.of((long) ((1L << 30) * 0.7)), setup.options().memoryBudgetBytes());
    }

    @Test
    void aFlagIsStrongerThanTheProfileAndTheControlGroup() throws IOException {
        write("proc/self/cgroup", "0::/box\n");
        write("sys/fs/cgroup/box/cpu.max", "200000 100000\n");

        Setup setup = setup(Map.of("engine.threads", "3", "engine.memory-budget", "1GiB", "engine.isa", "scalar"));

        assertEquals(3, setup.options().threads());
        assertEquals(OptionalLong.of(1L << 30), setup.options().memoryBudgetBytes());
        assertEquals(IsaLevel.SCALAR, setup.options().isaCap());
    }

    @Test
    void aNamedProfileReplacesTheMatchedOne() {
        Setup setup = setup(Map.of("device.profile", "raspberry-pi-4"));

        assertEquals("raspberry-pi-4 (as configured)", setup.profile());
        assertEquals(2048, setup.options().context());
    }

    @Test
    void aProfileMayBeAFile() throws IOException {
        write("mine.yaml", "engine:\n  threads: 1\n");

        assertEquals(1, setup(Map.of("device.profile", root.resolve("mine.yaml").toString())).options().threads());
    }

    @Test
    void withoutAProfileTheDefaultsHold() {
        Setup setup = setup(Map.of("device.profile", "none"));

        assertEquals(4, setup.options().threads());
        assertEquals(OptionalLong.of((long) ((4L << 30) * 0.8)), setup.options().memoryBudgetBytes());
    }

    @Test
    void anUnknownProfileNamesTheKnownOnes() {
        var failure = assertThrows(CommandFailure.class, () -> setup(Map.of("device.profile", "raspberry-pi-6")));

        assertEquals("unknown profile: name=raspberry-pi-6", failure.getMessage());
    }

    private Setup setup(Map<String, String> flags) {
        var surroundings = new Surroundings(root, Map.of(), root, Optional.empty(), Optional.empty());
        return new EngineSetup(surroundings).setup(Optional.empty(), flags);
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }
}
