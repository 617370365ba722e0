package dev.outpost.runtime;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** Clients that ask one streamed answer after the other and note each that was not whole. */
final class StreamingLoad implements AutoCloseable {
    private static final String BODY = "{\"model\":\"default\",\"prompt\":\"tell me\",\"max_tokens\":24,"
            + "\"temperature\":0,\"ignore_eos\":true,\"stream\":true}";

    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ConcurrentLinkedQueue<Failure> failures = new ConcurrentLinkedQueue<>();
    private final AtomicInteger answers = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();
    private final URI uri;
    private volatile boolean stopped;

    /** An answer that was no answer. */
    record Failure(int status, String code, String retryAfter) {}

    StreamingLoad(int port, int clients) {
        uri = URI.create("http://127.0.0.1:" + port + "/v1/completions");
        for (int i = 0; i < clients; i++) {
            threads.add(Thread.ofVirtual().start(this::ask));
        }
    }

    /** Waits for so many whole answers from now on. */
    void awaitAnswers(int count) throws InterruptedException {
        int goal = answers.get() + count;
        SwapDevice.until(() -> answers.get() >= goal, () -> "answers=" + answers + ", failures=" + failures);
    }

    /** Ends the load; what failed. */
    List<Failure> stop() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        stopped = true;
        client.close();
    }

    private void ask() {
        while (!stopped) {
            try {
                HttpResponse<String> response = client.send(HttpRequest.newBuilder(uri)
                        .header("content-type", "application/json").POST(HttpRequest.BodyPublishers.ofString(BODY))
                        .build(), HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() == 200 && response.body().strip().endsWith("data: [DONE]")) {
                    answers.incrementAndGet();
                } else {
                    failures.add(new Failure(response.statusCode(), code(response.body()),
                            response.headers().firstValue("retry-after").orElse("")));
                }
            } catch (IOException e) {
                failures.add(new Failure(0, e.toString(), ""));
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static String code(String body) {
        int at = body.indexOf("\"code\":\"");
        return at < 0 ? body : body.substring(at + 8, body.indexOf('"', at + 8));
    }
}
