package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.storage.DirectoryStorage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceNameTest {

    @TempDir
    Path root;

    @Test
    void isTheBoardsSerialNumber() throws IOException {
        write("sys/firmware/devicetree/base/serial-number", "10000000ABCDEF01\0");
        write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        assertEquals("10000000abcdef01", name());
        assertEquals(Optional.of("10000000ABCDEF01"), DeviceName.serial(root));
    }

    @Test
    void isTheMachineIdWhereTheBoardWasNeverGivenANumber() throws IOException {
        write("sys/class/dmi/id/product_serial", "To Be Filled By O.E.M.\n");
        write("sys/class/dmi/id/board_serial", "Default string\n");
        write("etc/machine-id", "0123456789abcdef0123456789abcdef\n");
        assertEquals("0123456789abcdef0123456789abcdef", name());
        assertEquals(Optional.empty(), DeviceName.serial(root));
    }

    @Test
    void isARandomWordThatIsKeptWhereNothingNamesTheMachine() {
        String first = name();
        assertTrue(first.matches("device-[0-9a-f]{16}"), first);
        assertEquals(first, name());
    }

    @Test
    void isAnIdentifierWhateverTheBoardSays() throws IOException {
        write("sys/class/dmi/id/product_serial", "  VMware-56 4d/" + "x".repeat(100) + "\n");
        String name = name();
        assertTrue(name.matches("[a-z0-9-]{1,64}"), name);
        assertTrue(name.startsWith("vmware-56-4d-x"), name);
    }

    private String name() {
        return DeviceName.of(root, new DirectoryStorage(root.resolve("state")));
    }

    private void write(String path, String text) throws IOException {
        Files.createDirectories(root.resolve(path).getParent());
        Files.writeString(root.resolve(path), text);
    }
}
