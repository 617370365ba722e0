package dev.outpost.runtime.http;

import dev.outpost.runtime.request.Inference;
import dev.outpost.runtime.request.Inference.Embeddings;
import dev.outpost.runtime.request.InferenceRequest;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for embeddings while watching the client; a client that leaves interrupts them. */
final class EmbeddingDelivery {

    private static final long LOOK_AROUND_MILLIS = 25;
    private static final byte[] BLANK = {' '};

    private final Exchange exchange;
    private final Inference inference;

    EmbeddingDelivery(Exchange exchange, Inference inference) {
        this.exchange = exchange;
        this.inference = inference;
    }

    Embeddings await(InferenceRequest.Embedding request) throws InterruptedException {
        var task = new FutureTask<>(() -> inference.embed(request));
        Thread worker = Thread.ofVirtual().name("embedding").start(task);
        exchange.watch().answerBegins(worker::interrupt);
        try {
            while (true) {
                try {
                    return task.get(LOOK_AROUND_MILLIS, TimeUnit.MILLISECONDS);
                } catch (TimeoutException ignored) {
                    exchange.requireClient();
                    probe();
                }
            }
        } catch (ExecutionException e) {
            exchange.requireClient();
            throw failure(e.getCause());
        } finally {
            worker.interrupt();
        }
    }

    private void probe() {
        if (exchange.watch().presence() == ClientWatch.Presence.SILENT) {
            if (!exchange.committed()) {
                exchange.begin("application/json");
            }
            exchange.write(BLANK);
        }
    }

    private static RuntimeException failure(Throwable cause) throws InterruptedException {
        return switch (cause) {
            case RuntimeException runtime -> runtime;
            case InterruptedException interrupted -> throw interrupted;
            default -> new IllegalStateException(cause);
        };
    }
}
