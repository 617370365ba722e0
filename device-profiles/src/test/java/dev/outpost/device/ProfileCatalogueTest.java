package dev.outpost.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProfileCatalogueTest {

    @TempDir
    Path root;

    private final ProfileCatalogue catalogue = new ProfileCatalogue();

    @ParameterizedTest
    @CsvSource({"Raspberry Pi 5 Model B Rev 1.0,raspberry-pi-5", "Raspberry Pi Compute Module 5 Rev 1.0,raspberry-pi-5",
            "Raspberry Pi 400 Rev 1.0,raspberry-pi-4", "NVIDIA Jetson AGX Orin Developer Kit,jetson-agx-orin",
            "NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super,jetson-orin-nano",
            "Radxa ROCK 5B,arm64-generic"})
    void findsTheProfileOfABoard(String board, String profile) {
        DeviceProfile device = new MachineTree(root).raspberryPi5().file("proc/device-tree/model", board + "\0")
                .probe();

        assertEquals(profile, catalogue.nearest(device).orElseThrow().profile().name());
    }

    @Test
    void saysWhyAProfileWasTaken() {
        DeviceProfile device = new MachineTree(root).raspberryPi5().probe();

        assertEquals("board=\"Raspberry Pi 5 Model B Rev 1.0\"", catalogue.nearest(device).orElseThrow().reason());
    }

    @Test
    void aPcGetsTheGenericProfileOfItsArchitecture() {
        DeviceProfile device = new MachineTree(root).file("sys/class/dmi/id/product_name", "OptiPlex 7010\n").probe();

        ProfileMatch match = catalogue.nearest(device).orElseThrow();
        assertEquals("x86-64-generic", match.profile().name());
        assertEquals("no profile for this board: architecture=x86-64, board=\"OptiPlex 7010\"", match.reason());
    }

    @Test
    void anUnknownArchitectureHasNoProfile() {
        DeviceProfile device = new DeviceProbe(root, () -> new DeviceProbe.Known("riscv64", 4, 1L << 30, 1L << 30))
                .probe();

        assertEquals(Optional.empty(), catalogue.nearest(device));
    }

    @Test
    void everyProfileDescribesItself() {
        assertTrue(catalogue.profiles().stream().noneMatch(profile -> profile.description().isBlank()));
        assertEquals(Optional.of("raspberry-pi-5"), catalogue.byName("raspberry-pi-5").map(BoardProfile::name));
    }
}
