package dev.outpost.runtime.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/**
 * Bytes to {@link Json}, strictly: depth at most 64, at most 100,000 tokens, numbers of at most 64 characters, no
 * duplicate names, nothing after the value. Any thread.
 */
final class JsonReader {

    private final JsonFactory factory = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(64).maxNumberLength(64)
                    .maxNameLength(1_024).maxTokenCount(100_000).build())
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES).build();

    /** @throws ApiException 400 {@code invalid_json} with line and column */
    Json read(byte[] bytes) {
        try (JsonParser parser = factory.createParser(bytes)) {
            if (parser.nextToken() == null) {
                throw new ApiException(ApiError.invalidJson("body is empty: expected a JSON object"));
            }
            Json value = value(parser);
            if (parser.nextToken() != null) {
                throw new ApiException(ApiError.invalidJson("body goes on after its JSON value" + where(parser)));
            }
            return value;
        } catch (JsonProcessingException e) {
            throw new ApiException(ApiError.invalidJson("body is not acceptable JSON: " + e.getOriginalMessage()
                    + (e.getLocation() == null
                            ? ""
                            : ", line=" + e.getLocation().getLineNr() + ", column=" + e.getLocation().getColumnNr())));
        } catch (IOException e) {
            // No I/O happens over an array: what is left is a character coding that is not UTF-8.
            throw new ApiException(ApiError.invalidJson("body is not UTF-8 text"));
        }
    }

    private static Json value(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> new Json.Text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Json.Num(parser.getText());
            case VALUE_TRUE -> new Json.Bool(true);
            case VALUE_FALSE -> new Json.Bool(false);
            case VALUE_NULL -> new Json.Null();
            case END_OBJECT, END_ARRAY, FIELD_NAME, VALUE_EMBEDDED_OBJECT, NOT_AVAILABLE ->
                throw new ApiException(ApiError.invalidJson("body is not acceptable JSON" + where(parser)));
        };
    }

    private static Json object(JsonParser parser) throws IOException {
        var members = new LinkedHashMap<String, Json>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            members.put(name, value(parser));
        }
        return new Json.Obj(members);
    }

    private static Json array(JsonParser parser) throws IOException {
        var items = new ArrayList<Json>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(value(parser));
        }
        return new Json.Arr(items);
    }

    private static String where(JsonParser parser) {
        return ", line=" + parser.currentLocation().getLineNr() + ", column=" + parser.currentLocation().getColumnNr();
    }
}
