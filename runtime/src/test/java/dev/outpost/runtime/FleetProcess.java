package dev.outpost.runtime;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One member of the full run: a device or the hub, a process of the packaged application that may die and come again. */
final class FleetProcess implements AutoCloseable {

    private static final Pattern SERVING = Pattern
            .compile("(?:ready|waiting for a model): http://127\\.0\\.0\\.1:(\\d+)");
    private static final String QUESTION = """
            {"model":"default","max_tokens":8,"temperature":0,"prompt":"what is asked all the time"}""";

    final String name;
    private final Application application;
    private final List<String> arguments;
    private final List<Path> outputs = new ArrayList<>();
    private final HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    final AtomicInteger answered = new AtomicInteger();
    final AtomicInteger loading = new AtomicInteger();
    final List<String> failures = java.util.Collections.synchronizedList(new ArrayList<>());
    final List<Long> readyMillis = new ArrayList<>();
    private volatile Process process;
    private volatile boolean closed;

    /** @param asks whether questions are put to it all the time, as soon as it serves */
    FleetProcess(String name, Application application, List<String> arguments, boolean asks) {
        this.name = name;
        this.application = application;
        this.arguments = List.copyOf(arguments);
        if (asks) {
            Thread.ofPlatform().daemon().name("ask-" + name).start(this::ask);
        }
    }

    /** Starts it and returns at once. */
    void start() {
        Path output = application.directory.resolve(name + "-" + outputs.size() + ".txt");
        outputs.add(output);
        process = application.launch(output, arguments);
    }

    /** Starts it and waits until it says so; notes how long that took. */
    void startAndAwait(String ready) {
        long since = System.nanoTime();
        start();
        awaitReady(ready);
        readyMillis.add((System.nanoTime() - since) / 1_000_000);
    }

    void awaitReady(String ready) {
        Programs.await(120, name + " is ready: " + output(), () -> {
            if (!process.isAlive()) {
                throw new AssertionError(name + " ended: " + output());
            }
            return output().contains(ready);
        });
    }

    /** SIGKILL. */
    void kill() {
        var victim = process;
        victim.destroyForcibly();
        Programs.await(10, name + " is gone", () -> !victim.isAlive());
    }

    boolean alive() {
        return process != null && process.isAlive();
    }

    /** SIGTERM, and the exit status. */
    int end() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " does not end: " + output());
        }
        return process.exitValue();
    }

    /** What the present or last process said. */
    String output() {
        try {
            return outputs.isEmpty() ? "" : Files.readString(outputs.getLast());
        } catch (IOException e) {
            return e.toString();
        }
    }

    Application application() {
        return application;
    }

    /** The answer to one question, {@code ""} when there is none. */
    String answer(String prompt) {
        var port = port();
        if (port.isEmpty()) {
            return "";
        }
        try {
            var answer = post(port.getAsInt(), QUESTION.replace("what is asked all the time", prompt));
            return answer.statusCode() == 200 ? answer.body().replaceAll("(?s).*\"text\":\"([^\"]*)\".*", "$1") : "";
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    @Override
    public void close() {
        closed = true;
        if (process != null) {
            process.destroyForcibly();
        }
        client.close();
    }

    private OptionalInt port() {
        Matcher serving = SERVING.matcher(output());
        return alive() && serving.find() ? OptionalInt.of(Integer.parseInt(serving.group(1))) : OptionalInt.empty();
    }

    private void ask() {
        while (!closed) {
            LockSupport.parkNanos(150_000_000);
            var asked = process;
            var port = port();
            if (port.isPresent()) {
                try {
                    var answer = post(port.getAsInt(), QUESTION);
                    count(answer);
                } catch (IOException e) {
                    LockSupport.parkNanos(300_000_000);
                    if (asked.isAlive() && asked == process && !closed) {
                        failures.add(e.toString());
                    }
                } catch (InterruptedException e) {
                    return;
                }
            }
        }
    }

    private void count(HttpResponse<String> answer) {
        switch (answer.statusCode()) {
            case 200 -> answered.incrementAndGet();
            case 503 -> loading.incrementAndGet();
            default -> failures.add(answer.statusCode() + " " + answer.body());
        }
    }

    private HttpResponse<String> post(int port, String body) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/completions"))
                .timeout(Duration.ofSeconds(60)).header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
    }
}
