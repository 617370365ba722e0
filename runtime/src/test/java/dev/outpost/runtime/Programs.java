package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Programs outside the JVM that tests stand on. A missing one skips its test, or fails it where CI is strict. */
public final class Programs {

    private Programs() {}

    /**
     * A program by name, on the path or in one of {@code folders}.
     *
     * @param folders each a folder; a {@code *} in its parent's place stands for any, the highest name first
     */
    public static Path find(String name, String debianPackage, String... folders) {
        return look(name, folders).orElseGet(() -> {
            missing(name + " (Debian's package " + debianPackage + ")");
            throw new IllegalStateException("an assumption always throws");
        });
    }

    /** The same, empty where it is missing. */
    public static Optional<Path> look(String name, String... folders) {
        var path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Pattern.compile(Pattern.quote(File.pathSeparator)).splitAsStream(path), Stream.of(folders))
                .filter(folder -> !folder.isBlank()).flatMap(Programs::unfolded).map(folder -> folder.resolve(name))
                .filter(Files::isExecutable).findFirst();
    }

    /** Ends the test: skipped with the reason, or failed where CI is strict. */
    public static void missing(String what) {
        if (Optional.ofNullable(System.getenv("OUTPOST_CI_STRICT")).filter(value -> !value.isBlank()).isPresent()) {
            fail("missing in CI: " + what);
        }
        abort("skipped, missing: " + what);
    }

    /** A port of the loopback address that was free just now. */
    public static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts a class of this test run in a virtual machine of its own; its lines go to this one's. */
    public static Process java(Class<?> main, List<String> flags, List<String> arguments) {
        var command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
        command.addAll(flags);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        try {
            return new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends a signal by its name, such as {@code STOP}. */
    public static void signal(long pid, String signal) {
        try {
            new ProcessBuilder("kill", "-" + signal, Long.toString(pid)).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a condition holds; fails with {@code what} when it does not within {@code seconds}. */
    public static void await(int seconds, String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not come true within " + seconds + " s: " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static Stream<Path> unfolded(String folder) {
        int star = folder.indexOf("/*/");
        if (star < 0) {
            return Stream.of(Path.of(folder));
        }
        Path parent = Path.of(folder.substring(0, star));
        if (!Files.isDirectory(parent)) {
            return Stream.empty();
        }
        try (var found = Files.list(parent)) {
            return found.map(child -> child.resolve(folder.substring(star + 3)))
                    .sorted(java.util.Comparator.reverseOrder()).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
