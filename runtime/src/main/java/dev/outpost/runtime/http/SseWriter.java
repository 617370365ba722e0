package dev.outpost.runtime.http;

import java.nio.charset.StandardCharsets;

/**
 * Server-sent events, one {@code data:} line each. With the space after the colon: strict clients cut one character.
 * JSON of one line needs no escaping here.
 */
final class SseWriter {

    static final String CONTENT_TYPE = "text/event-stream";

    private static final byte[] PREFIX = "data: ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] DONE = "[DONE]".getBytes(StandardCharsets.US_ASCII);

    private SseWriter() {}

    static void data(Exchange exchange, byte[] json) {
        if (!exchange.committed()) {
            exchange.begin(CONTENT_TYPE);
        }
        var event = new byte[PREFIX.length + json.length + END.length];
        System.arraycopy(PREFIX, 0, event, 0, PREFIX.length);
        System.arraycopy(json, 0, event, PREFIX.length, json.length);
        System.arraycopy(END, 0, event, PREFIX.length + json.length, END.length);
        exchange.write(event);
    }

    static void done(Exchange exchange) {
        data(exchange, DONE);
        exchange.finish();
    }
}
