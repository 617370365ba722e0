package dev.outpost.runtime.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes one JSON value in UTF-8; one thread, one value. Jackson's generator without its checked exceptions. */
final class JsonWriter {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final JsonGenerator generator;

    private JsonWriter(JsonGenerator generator) {
        this.generator = generator;
    }

    /** The bytes of what {@code content} writes. */
    static byte[] bytes(Consumer<JsonWriter> content) {
        var out = new ByteArrayOutputStream(256);
        try (JsonGenerator generator = FACTORY.createGenerator(out)) {
            content.accept(new JsonWriter(generator));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    void object(Runnable members) {
        run(generator::writeStartObject);
        members.run();
        run(generator::writeEndObject);
    }

    void object(String name, Runnable members) {
        name(name);
        object(members);
    }

    void array(String name, Runnable items) {
        name(name);
        run(generator::writeStartArray);
        items.run();
        run(generator::writeEndArray);
    }

    void name(String name) {
        run(() -> generator.writeFieldName(name));
    }

    /** @param value text, number, boolean, list, map, or null for a JSON null */
    void member(String name, Object value) {
        name(name);
        value(value);
    }

    /** As {@link #member}. */
    void value(Object value) {
        switch (value) {
            case null -> run(generator::writeNull);
            case String text -> run(() -> generator.writeString(text));
            case Integer number -> run(() -> generator.writeNumber(number));
            case Long number -> run(() -> generator.writeNumber(number));
            case Float number -> run(() -> generator.writeNumber(number));
            case Double number -> run(() -> generator.writeNumber(number));
            case Boolean bool -> run(() -> generator.writeBoolean(bool));
            case float[] numbers -> items(() -> {
                for (float number : numbers) {
                    run(() -> generator.writeNumber(number));
                }
            });
            case byte[] numbers -> items(() -> {
                for (byte number : numbers) {
                    run(() -> generator.writeNumber(number & 0xff));
                }
            });
            case List<?> list -> items(() -> list.forEach(this::value));
            case Map<?, ?> map -> object(() -> map.forEach((name, member) -> member((String) name, member)));
            default -> throw new IllegalArgumentException("no JSON form: type=" + value.getClass().getName());
        }
    }

    private void items(Runnable items) {
        run(generator::writeStartArray);
        items.run();
        run(generator::writeEndArray);
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }
}
