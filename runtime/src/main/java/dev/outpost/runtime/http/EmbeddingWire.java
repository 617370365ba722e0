package dev.outpost.runtime.http;

import dev.outpost.runtime.request.Inference.Embeddings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.Optional;

/**
 * The body of an answer of {@code POST /v1/embeddings}.
 *
 * @param base64 vectors as base64 of little-endian 32-bit floats, the SDKs' default
 */
record EmbeddingWire(boolean base64, String model) {

    /** @param hidden width of the model's vectors: the only value {@code dimensions} can have */
    static EmbeddingWire read(Fields fields, int hidden, String model) {
        fields.find("dimensions").ifPresent(field -> {
            if (field.integer(1, Integer.MAX_VALUE) != hidden) {
                throw field.unsupported("this model was not trained for shorter vectors, expected=" + hidden);
            }
        });
        Optional<Field> format = fields.find("encoding_format");
        boolean base64 = format.isPresent() && switch (format.get().text()) {
            case "base64" -> true;
            case "float" -> false;
            default -> throw format.get().badValue("unknown format, expected float or base64");
        };
        return new EmbeddingWire(base64, model);
    }

    byte[] whole(Embeddings embeddings) {
        return JsonWriter.bytes(json -> json.object(() -> {
            json.member("object", "list");
            json.array("data", () -> {
                for (int i = 0; i < embeddings.vectors().size(); i++) {
                    int index = i;
                    json.object(() -> {
                        json.member("object", "embedding");
                        json.member("index", index);
                        float[] vector = embeddings.vectors().get(index);
                        json.member("embedding", base64 ? text(vector) : vector);
                    });
                }
            });
            json.member("model", model);
            json.object("usage", () -> {
                json.member("prompt_tokens", embeddings.promptTokens());
                json.member("total_tokens", embeddings.promptTokens());
            });
        }));
    }

    private static String text(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }
}
