package dev.outpost.runtime;

import dev.outpost.provisioning.storage.AtomicFile;
import dev.outpost.provisioning.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What this device is called where nobody named it: after the board's serial number, else the machine id of systemd
 * (machine-id(5)), else a random word that is kept.
 */
final class DeviceName {

    private static final String KEPT = "device-name";
    private static final int LONGEST = 64;
    private static final int SHORTEST = 4;
    private static final int RANDOM_BYTES = 8;
    private static final List<String> SERIALS = List.of("sys/firmware/devicetree/base/serial-number",
            "sys/class/dmi/id/product_serial", "sys/class/dmi/id/board_serial");

    private DeviceName() {}

    /** An id {@code [a-z0-9-]{1,64}}. */
    static String of(Path root, Storage storage) {
        return serial(root).or(() -> read(root.resolve("etc/machine-id"))).map(text -> text.toLowerCase(Locale.ROOT))
                .orElseGet(() -> kept(storage));
    }

    /** The board's serial number: letters, digits and hyphens; empty where it has none worth the name. */
    static Optional<String> serial(Path root) {
        return SERIALS.stream().map(file -> read(root.resolve(file))).flatMap(Optional::stream)
                .filter(Predicate.not(DeviceName::placeholder)).findFirst();
    }

    private static Optional<String> read(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.ISO_8859_1).replaceAll("[^A-Za-z0-9]+", "-")
                    .replaceAll("^-+|-+$", "");
            return Optional.of(text.substring(0, Math.min(LONGEST, text.length())))
                    .filter(name -> name.length() >= SHORTEST);
        } catch (IOException unreadable) {
            return Optional.empty();
        }
    }

    /** Boards that were never given a number carry such words. */
    private static boolean placeholder(String serial) {
        String word = serial.toLowerCase(Locale.ROOT);
        return word.matches("0+|none|default.*|to-be-filled.*|system-serial.*|not-.*|unknown|123456789?0?");
    }

    private static String kept(Storage storage) {
        return AtomicFile.read(storage, KEPT, LONGEST).map(bytes -> new String(bytes, StandardCharsets.US_ASCII))
                .filter(name -> name.matches("[a-z0-9-]{1,64}")).orElseGet(() -> {
                    byte[] random = new byte[RANDOM_BYTES];
                    new SecureRandom().nextBytes(random);
                    String name = "device-" + HexFormat.of().formatHex(random);
                    AtomicFile.write(storage, KEPT, name.getBytes(StandardCharsets.US_ASCII));
                    return name;
                });
    }
}
