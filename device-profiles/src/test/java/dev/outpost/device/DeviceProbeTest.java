package dev.outpost.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceProbeTest {

    @TempDir
    Path root;

    @Test
    void readsARaspberryPi5() {
        DeviceProfile device = new MachineTree(root).raspberryPi5().probe();

        assertEquals(Optional.of("Raspberry Pi 5 Model B Rev 1.0"), device.board());
        assertEquals(new CpuProfile("arm64", "", 4, 4), device.cpu());
        assertEquals(
                new MemoryProfile(8_245_136L << 10, 7_340_032L << 10, OptionalLong.empty(), OptionalLong.empty()),
                device.memory());
        assertEquals(List.of(new DeviceProfile.Temperature("cpu-thermal", 51.25)), device.temperatures());
    }

    @Test
    void aLimitOfAnAncestorGroupBinds() {
        DeviceProfile device = new MachineTree(root).raspberryPi5()
                .file("proc/self/cgroup", "0::/plant.slice/box.service\n")
                .file("sys/fs/cgroup/plant.slice/memory.max", "1073741824\n")
                .file("sys/fs/cgroup/plant.slice/memory.current", "419430400\n")
                .file("sys/fs/cgroup/plant.slice/memory.stat", "anon 1\ninactive_file 104857600\n")
                .file("sys/fs/cgroup/plant.slice/box.service/memory.max", "max\n")
                .file("sys/fs/cgroup/plant.slice/box.service/cpu.max", "150000 100000\n").probe();

        assertEquals(OptionalLong.of(1L << 30), device.memory().limit());
        assertEquals((1L << 30) - (300L << 20), device.memory().usable());
        assertEquals(2, device.cpu().usableCores());
    }

    @Test
    void theTighterOfHighAndMaxCounts() {
        DeviceProfile device = new MachineTree(root).raspberryPi5().file("proc/self/cgroup", "0::/box\n")
                .file("sys/fs/cgroup/box/memory.max", "2147483648\n")
                .file("sys/fs/cgroup/box/memory.high", "536870912\n")
                .probe();

        assertEquals(512L << 20, device.memory().usable());
    }

    @Test
    void readsControlGroupsOfVersion1() {
        DeviceProfile device = new MachineTree(root).raspberryPi5()
                .file("proc/self/cgroup", "4:memory:/box\n3:cpu,cpuacct:/box\n2:cpuset:/box\n")
                .file("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n")
                .file("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "209715200\n")
                .file("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "52428800\n")
                .file("sys/fs/cgroup/cpu/box/cpu.cfs_quota_us", "-1\n")
                .file("sys/fs/cgroup/cpu/box/cpu.cfs_period_us", "100000\n")
                .file("sys/fs/cgroup/cpuset/box/cpuset.effective_cpus", "0,2-3\n").probe();

        assertEquals(OptionalLong.of(200L << 20), device.memory().limit());
        assertEquals(150L << 20, device.memory().usable());
        assertEquals(3, device.cpu().usableCores());
    }

    @Test
    void aGroupOutsideItsNamespaceFallsBackToTheMount() {
        DeviceProfile device = new MachineTree(root).raspberryPi5().file("proc/self/cgroup", "4:memory:/docker/3f2a\n")
                .file("sys/fs/cgroup/memory/memory.limit_in_bytes", "209715200\n").probe();

        assertEquals(OptionalLong.of(200L << 20), device.memory().limit());
    }

    @Test
    void whatTheVirtualMachineKnowsFillsHiddenFiles() {
        DeviceProfile device = new MachineTree(root).probe();

        assertEquals(new CpuProfile("x86-64", "", 2, 2), device.cpu());
        assertEquals(32L << 30, device.memory().usable());
        assertTrue(device.board().isEmpty());
    }

    @Test
    void readsTheMachineItRunsOn() {
        DeviceProfile device = new DeviceProbe(Path.of("/"),
                () -> new DeviceProbe.Known(System.getProperty("os.arch"), 1, 1L << 30, 1L << 20)).probe();

        assertTrue(device.memory().usable() > 0);
        assertTrue(device.cpu().usableCores() <= device.cpu().onlineCores());
    }
}
