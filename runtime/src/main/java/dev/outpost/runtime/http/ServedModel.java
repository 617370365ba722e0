package dev.outpost.runtime.http;

import dev.outpost.engine.Engine;
import dev.outpost.engine.ModelCard;
import dev.outpost.runtime.admission.Admission;
import dev.outpost.runtime.request.Inference;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.zip.CRC32C;

/**
 * A model that answers and the names it goes by. A request holds it by {@link #enter} and {@link #leave}; once retired it
 * takes no more, and is idle when the last has left. Any thread.
 */
final class ServedModel {

    /** Always means the model that is served, for clients that do not care which. */
    private static final String ANY = "default";

    private final ApiSettings settings;
    private final Inference inference;
    private final Admission admission;
    private final ModelLabel label;
    private final String fingerprint;
    private int users;
    private boolean retired;

    ServedModel(ApiSettings settings, ModelLabel label, Engine engine) {
        this.settings = settings;
        this.label = label;
        this.admission = new Admission(engine.plan().parallel(), settings.queueLimit());
        this.inference = new Inference(engine, admission);
        var checksum = new CRC32C();
        checksum.update(engine.card().toString().getBytes(StandardCharsets.UTF_8));
        checksum.update(label.digest().orElse("").getBytes(StandardCharsets.UTF_8));
        this.fingerprint = "fp_%08x".formatted(checksum.getValue());
    }

    /** False once the model is retired: another one answers. */
    synchronized boolean enter() {
        users += retired ? 0 : 1;
        return !retired;
    }

    synchronized void leave() {
        users--;
        notifyAll();
    }

    /** Takes no more requests; those in flight go on. */
    synchronized void retire() {
        retired = true;
    }

    /** @return true once no request is in flight, false after {@code patience} */
    synchronized boolean awaitIdle(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (users > 0) {
            long millis = (end - System.nanoTime()) / 1_000_000;
            if (millis <= 0) {
                return false;
            }
            wait(millis);
        }
        return true;
    }

    synchronized boolean idle() {
        return users == 0;
    }

    ModelLabel label() {
        return label;
    }

    Inference inference() {
        return inference;
    }

    Engine engine() {
        return inference.engine();
    }

    Admission admission() {
        return admission;
    }

    /** Changes when the model or how it is loaded does. */
    String fingerprint() {
        return fingerprint;
    }

    /** @throws ApiException 404 if the request names another model */
    void requireNamed(Field model) {
        requireName(model.text());
    }

    void requireName(String name) {
        if (!name.equals(label.name()) && !name.equals(ANY) && !settings.aliases().contains(name)) {
            String shown = name.replaceAll("[^\\x21-\\x7e]", "?");
            throw new ApiException(ApiError.modelNotFound(shown.substring(0, Math.min(64, shown.length()))));
        }
    }

    /** Whole seconds after which a place is likely to be free: one for each round of waiting requests. */
    int retryAfterSeconds() {
        var status = engine().status();
        return Math.clamp(1 + status.queued() / Math.max(1, engine().plan().parallel()), 1, 8);
    }

    /** The body of {@code GET /v1/models}, for OpenAI clients and for those that read {@code models}. */
    byte[] list() {
        return JsonWriter.bytes(json -> json.object(() -> {
            json.member("object", "list");
            json.array("data", () -> json.object(() -> writeData(json)));
            json.array("models", () -> json.object(() -> {
                json.member("name", label.name());
                json.member("description", description());
                json.member("release_date", releaseDate());
            }));
        }));
    }

    /** The body of {@code GET /v1/models/{id}}. */
    byte[] one() {
        return JsonWriter.bytes(json -> json.object(() -> {
            writeData(json);
            json.member("name", label.name());
            json.member("description", description());
            json.member("release_date", releaseDate());
        }));
    }

    private void writeData(JsonWriter json) {
        ModelCard card = engine().card();
        json.member("id", label.name());
        json.member("object", "model");
        json.member("created", label.created().getEpochSecond());
        json.member("owned_by", "outpost");
        json.member("aliases", settings.aliases());
        json.object("meta", () -> {
            json.member("n_ctx", card.context());
            json.member("n_ctx_train", card.trainedContext());
            json.member("n_vocab", card.vocabulary());
            json.member("n_embd", card.hidden());
            json.member("n_params", card.parameters());
            json.member("size", card.fileBytes());
            label.digest().ifPresent(digest -> json.member("digest", digest));
        });
    }

    private String description() {
        ModelCard card = engine().card();
        return card.name() + ", " + card.architecture() + ", " + card.quantisation();
    }

    private String releaseDate() {
        Instant created = label.created();
        return created.atZone(ZoneOffset.UTC).toLocalDate().toString();
    }
}
