package dev.outpost.runtime.fleet.hub;

import dev.outpost.runtime.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL of its own on a free loopback port, made by {@code initdb} in a directory that goes with it. Missing, it
 * skips the test. It refuses to run as root, so there it runs as {@code nobody}.
 */
public final class PostgresCluster implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 60;
    private static final String USER = "outpost";

    private final Path programs;
    private final Path directory;
    private final List<String> prefix;
    private final int port = Programs.freePort();
    private Process server;

    /** Makes and starts one; takes about two seconds. */
    public PostgresCluster() {
        this.prefix = System.getProperty("user.name").equals("root")
                ? List.of(Programs.find("setpriv", "util-linux").toString(), "--reuid=65534", "--regid=65534",
                        "--clear-groups")
                : List.of();
        Path postgres = Programs.find("postgres", "postgresql", "/usr/lib/postgresql/*/bin");
        try {
            this.programs = postgres.toRealPath().getParent();
            this.directory = Files.createTempDirectory("outpost-postgres");
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        run("initdb", "-D", directory.resolve("data").toString(), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C",
                "--no-sync");
        start();
        run("createdb", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", USER, USER);
    }

    /** Address of the empty database {@code outpost}, with its user in it. */
    public String url() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + USER + "?user=" + USER;
    }

    /** Starts the server and waits until it takes queries. */
    public void start() {
        try {
            server = new ProcessBuilder(command("postgres", "-D", directory.resolve("data").toString(), "-h",
                    "127.0.0.1", "-p", Integer.toString(port), "-k", directory.toString(), "-c", "max_connections=50"))
                    .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect
                            .appendTo(directory.resolve("server.log").toFile()))
                    .directory(directory.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Programs.await(PATIENCE_SECONDS, "postgres takes queries", this::ready);
    }

    /** SIGQUIT: ends at once, without a checkpoint, and recovers at the next start. */
    public void kill() {
        Programs.signal(server.pid(), "QUIT");
        try {
            if (!server.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("postgres does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean ready() {
        if (!server.isAlive()) {
            throw new IllegalStateException("postgres ended: " + directory.resolve("server.log"));
        }
        return result("pg_isready", "-h", "127.0.0.1", "-p", Integer.toString(port), "-U", USER).status() == 0;
    }

    private void run(String program, String... arguments) {
        var result = result(program, arguments);
        if (result.status() != 0) {
            throw new IllegalStateException(program + " failed: " + result.output());
        }
    }

    private record Result(int status, String output) {}

    private Result result(String program, String... arguments) {
        try {
            var process = new ProcessBuilder(command(program, arguments)).directory(directory.toFile())
                    .redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for " + program, e);
        }
    }

    private List<String> command(String program, String... arguments) {
        var command = new ArrayList<>(prefix);
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }
}
