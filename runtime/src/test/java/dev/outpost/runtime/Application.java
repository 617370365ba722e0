package dev.outpost.runtime;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A copy of the packaged application in a directory of its own, started as an operator starts it. */
final class Application {

    private static final Path PACKAGED = Path.of("target", "outpost").toAbsolutePath();
    private static final Pattern READY = Pattern.compile("ready: http://127\\.0\\.0\\.1:(\\d+)");
    private static final int PATIENCE_SECONDS = 120;

    final Path directory;
    final Map<String, String> environment = new HashMap<>();

    /** @param directory empty; receives the copy and everything it writes */
    Application(Path directory) {
        this.directory = directory;
        copy(PACKAGED, directory.resolve("outpost"));
        for (String name : List.of("state", "cache", "runtime", "tmp")) {
            try {
                Files.createDirectories(directory.resolve(name));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        environment.put("OUTPOST_JAVA", System.getProperty("java.home"));
        environment.put("XDG_CACHE_HOME", directory.resolve("cache").toString());
        environment.put("XDG_STATE_HOME", directory.resolve("state").toString());
        environment.put("RUNTIME_DIRECTORY", directory.resolve("runtime").toString());
        environment.put("TMPDIR", directory.resolve("tmp").toString());
        environment.put("OUTPOST_AOT", "off");
    }

    /** What a finished command left behind. */
    record Result(int status, String out, String err) {}

    Result run(String... arguments) throws IOException, InterruptedException {
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        Process process = builder(arguments).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        process.getOutputStream().close();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("did not end: " + String.join(" ", arguments));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    Serving serve(Path model, String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("serve", "--model", model.toString(), "--port", "0"));
        arguments.addAll(List.of(more));
        Process process = builder(arguments.toArray(String[]::new)).redirectErrorStream(true).start();
        return new Serving(process);
    }

    /** Serves what the store holds. */
    Serving serveStored(String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("serve", "--port", "0"));
        arguments.addAll(List.of(more));
        return new Serving(builder(arguments.toArray(String[]::new)).redirectErrorStream(true).start());
    }

    /** Starts it with its lines in a file, and returns at once. */
    Process launch(Path output, List<String> arguments) {
        try {
            return builder(arguments.toArray(String[]::new)).redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessBuilder builder(String... arguments) {
        var command = new ArrayList<>(List.of(directory.resolve("outpost/bin/outpost").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("OUTPOST_") || name.equals("NOTIFY_SOCKET"));
        builder.environment().putAll(environment);
        return builder;
    }

    /** A server that has said it is ready; its lines are kept. */
    static final class Serving implements AutoCloseable {
        final int port;
        final StringBuffer lines = new StringBuffer();
        private final Process process;
        private final Thread reader;

        Serving(Process process) throws IOException {
            this.process = process;
            var in = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            this.port = awaitReady(in);
            this.reader = Thread.startVirtualThread(() -> in.lines().forEach(line -> lines.append(line).append('\n')));
        }

        private int awaitReady(BufferedReader in) throws IOException {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.append(line).append('\n');
                Matcher ready = READY.matcher(line);
                if (ready.find()) {
                    return Integer.parseInt(ready.group(1));
                }
            }
            throw new AssertionError("ended before it was ready: " + lines);
        }

        /** The launcher becomes the virtual machine, so this is the serving process. */
        long pid() {
            return process.pid();
        }

        String post(String path, String body) throws IOException, InterruptedException {
            try (HttpClient client = HttpClient.newHttpClient()) {
                return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(), HttpResponse.BodyHandlers.ofString()).body();
            }
        }

        /** Sends a signal by name and waits for the end. */
        int end(String signal) throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).inheritIO().start().waitFor();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("did not end after SIG" + signal + ": " + lines);
            }
            reader.join();
            return process.exitValue();
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.walkFileTree(from, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                        throws IOException {
                    Files.createDirectories(to.resolve(from.relativize(folder)));
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    if (!file.toString().endsWith(".aot")) {
                        Files.copy(file, to.resolve(from.relativize(file)),
                                java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
