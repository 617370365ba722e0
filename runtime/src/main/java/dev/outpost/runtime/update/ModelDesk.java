package dev.outpost.runtime.update;

import dev.outpost.provisioning.activate.PreparationFailedException;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonArray;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.StoredModel;
import dev.outpost.runtime.control.ControlException;
import dev.outpost.runtime.control.ControlException.Reason;
import dev.outpost.runtime.control.ControlHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an operator asks of the store: {@code list}, {@code import}, {@code adopt} a download, {@code rm}. On the thread
 * that owns the store.
 *
 * <p>An operator's model becomes active without a gate: it is planned, loaded and must answer one token, no more.
 */
final class ModelDesk implements ControlHandler {
    private static final int TEXT = 4096;

    private final UpdateGround ground;
    private final Activation activation;

    ModelDesk(UpdateGround ground, Activation activation) {
        this.ground = ground;
        this.activation = activation;
    }

    @Override
    public JsonObject answer(JsonObject request, Progress progress) {
        JsonFields fields = JsonFields.of(request, "request");
        try {
            return switch (fields.text("op", TEXT)) {
                case "list" -> JsonObject.of(Map.of("models", models()));
                case "import" -> imported(fields, progress);
                case "adopt" -> adopted(fields, progress);
                case "rm" -> removed(fields.text("name", TEXT));
                default -> throw new ControlException(Reason.UNKNOWN,
                        "no such operation: op=" + fields.text("op", TEXT),
                        "the serving process is of another version than this command");
            };
        } catch (ProvisioningException e) {
            throw new ControlException(Reason.REFUSED, e.getMessage(), "");
        }
    }

    /** All stored models, the active one first. */
    JsonArray models() {
        List<JsonValue> first = new ArrayList<>();
        List<JsonValue> others = new ArrayList<>();
        for (StoredModel model : ground.store().models()) {
            JsonObject json = json(model);
            (json.members().containsKey("active") ? first : others).add(json);
        }
        first.addAll(others);
        return new JsonArray(first);
    }

    private JsonObject json(StoredModel model) {
        JsonObject json = JsonObject.of(Map.of()).with("names", JsonArray.ofTexts(model.names()))
                .with("digest", model.digest().hex()).with("bytes", model.bytes())
                .with("origin", model.origin().word());
        if (ground.pointer().current().filter(slot -> slot.digest().equals(model.digest())).isPresent()) {
            return json.with("active", new JsonFlag(true)).with("proven",
                    new JsonFlag(ground.pointer().current().orElseThrow().state() == Slot.State.GOOD));
        }
        return ground.pointer().lastGood().filter(slot -> slot.digest().equals(model.digest())).isPresent()
                ? json.with("previous", new JsonFlag(true))
                : json;
    }

    private JsonObject imported(JsonFields fields, Progress progress) {
        Path file = Path.of(fields.text("path", TEXT));
        String name = fields.optionalText("name", TEXT).orElseGet(() -> ModelName.of(file));
        try (var source = new FileSource(file)) {
            StoredModel model = ground.store().importFile(source, new ModelOrigin.Operator(file.toString()),
                    Optional.of(name), done -> progress.at("importing", done, source.bytes()));
            return activated(fields, model.digest());
        } catch (IOException | UncheckedIOException e) {
            throw new ControlException(Reason.FAILED, "file cannot be read: path=" + file + ", " + e,
                    "a serving process reads it as its own user: put it where that user may read");
        }
    }

    private JsonObject adopted(JsonFields fields, Progress progress) {
        var digest = new ContentDigest(fields.text("digest", TEXT));
        progress.at("checking", 0, 0);
        String source = fields.text("source", TEXT);
        String name = fields.optionalText("name", TEXT)
                .orElseGet(() -> ModelName.of(source.substring(source.lastIndexOf('/') + 1)));
        ground.store().adopt(digest, new ModelOrigin.Operator(source), Optional.of(name));
        return activated(fields, digest);
    }

    private JsonObject activated(JsonFields fields, ContentDigest digest) {
        if (fields.has("activate") && fields.value("activate").equals(new JsonFlag(true))) {
            try {
                activation.activate(digest);
            } catch (PreparationFailedException e) {
                throw new ControlException(Reason.REFUSED,
                        "model is stored, but cannot be used here: digest=" + digest.brief() + ", " + e.getMessage(),
                        "`outpost list` shows what is stored and which model is active");
            }
        }
        return json(ground.store().find(digest).orElseThrow());
    }

    private JsonObject removed(String name) {
        StoredModel model = ground.store().named(name).orElseThrow(() -> new ControlException(Reason.UNKNOWN,
                "no such model: name=" + name, "`outpost list` shows what is stored"));
        boolean active = ground.pointer().current().filter(slot -> slot.digest().equals(model.digest())).isPresent();
        if (active && model.names().size() == 1) {
            throw new ControlException(Reason.REFUSED, "model is the active one: name=" + name,
                    "make another one active first: `outpost import FILE --activate`");
        }
        ground.store().removeName(name);
        long freed = ground.store().collect(ground.pointer().pinned());
        return JsonObject.of(Map.of()).with("name", name).with("freedBytes", freed);
    }
}
