package dev.outpost.runtime.mqtt;

import dev.outpost.runtime.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A real Mosquitto on a free loopback port; its files and its log lie in one directory. Missing, it skips the test.
 *
 * <p>With TLS there are two listeners: {@link #port()} wants a client certificate, whose common name becomes the user
 * of the access list; {@link #enrolmentPort()} wants none, and its clients have no user.
 */
public final class Mosquitto implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 20;

    private final Path program;
    private final Path directory;
    private final int port;
    private final int enrolmentPort;
    private Process process;

    /**
     * PEM files of a broker.
     *
     * @param authority those who sign clients
     * @param certificate the broker's own chain
     * @param revoked list of certificates that no longer count
     */
    public record Tls(Path authority, Path certificate, Path key, Optional<Path> revoked) {}

    private Mosquitto(Path directory, List<String> common, List<String> listener, List<String> enrolment) {
        this.program = Programs.find("mosquitto", "mosquitto", "/usr/sbin", "/usr/local/sbin");
        this.directory = directory;
        this.port = Programs.freePort();
        this.enrolmentPort = enrolment.isEmpty() ? port : Programs.freePort();
        var lines = new ArrayList<>(List.of("per_listener_settings true", "user root", "log_type all",
                "max_queued_messages 1000"));
        lines.addAll(common);
        lines.add("listener " + port + " 127.0.0.1");
        lines.addAll(listener);
        if (!enrolment.isEmpty()) {
            lines.add("listener " + enrolmentPort + " 127.0.0.1");
            lines.addAll(enrolment);
        }
        write("mosquitto.conf", String.join("\n", lines) + "\n");
        start();
    }

    /** Plain TCP, everything allowed. */
    public static Mosquitto plain(Path directory, String... more) {
        return new Mosquitto(made(directory), List.of(more), List.of("allow_anonymous true"), List.of());
    }

    /**
     * Mutual TLS 1.3 with access lists.
     *
     * @param acl text of the {@code acl_file} of those with a certificate
     * @param enrolmentAcl the same of those without
     */
    public static Mosquitto mutualTls(Path directory, Tls tls, String acl, String enrolmentAcl, String... more) {
        made(directory);
        var strict = new ArrayList<>(List.of("require_certificate true", "use_identity_as_username true"));
        tls.revoked().ifPresent(list -> strict.add("crlfile " + list));
        return new Mosquitto(directory.toAbsolutePath(), List.of(more), served(directory, tls, "acl", acl, strict),
                served(directory, tls, "enrolment-acl", enrolmentAcl, List.of("allow_anonymous true")));
    }

    private static List<String> served(Path directory, Tls tls, String name, String acl, List<String> more) {
        Path list = directory.toAbsolutePath().resolve(name);
        try {
            Files.writeString(list, acl);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var lines = new ArrayList<>(List.of("cafile " + tls.authority(), "certfile " + tls.certificate(),
                "keyfile " + tls.key(), "tls_version tlsv1.3", "acl_file " + list));
        lines.addAll(more);
        return lines;
    }

    public int port() {
        return port;
    }

    /** The port that takes clients without a certificate; with plain TCP the same. */
    public int enrolmentPort() {
        return enrolmentPort;
    }

    public long pid() {
        return process.pid();
    }

    /** Everything it said since the first start. */
    public String log() {
        try {
            return Files.readString(directory.resolve("mosquitto.log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts on the same ports and waits until they take connections. */
    public void start() {
        try {
            process = new ProcessBuilder(program.toString(), "-c", directory.resolve("mosquitto.conf").toString())
                    .directory(directory.toFile()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(directory.resolve("mosquitto.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Programs.await(PATIENCE_SECONDS, "mosquitto listens", () -> {
            if (!process.isAlive()) {
                throw new IllegalStateException("mosquitto ended: " + log());
            }
            return listens(port) && listens(enrolmentPort);
        });
    }

    /** Ends it in order. */
    public void stop() {
        process.destroy();
        awaitEnd();
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGSTOP: connections stay, nothing is answered. */
    public void freeze() {
        Programs.signal(pid(), "STOP");
    }

    /** SIGCONT. */
    public void thaw() {
        Programs.signal(pid(), "CONT");
    }

    @Override
    public void close() {
        kill();
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("mosquitto does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(String name, String text) {
        try {
            Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path made(Path directory) {
        try {
            return Files.createDirectories(directory).toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean listens(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
