package dev.outpost.runtime.http;

import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** Ids of requests and answers: to correlate, not to protect. */
final class RequestIds {

    private RequestIds() {}

    /** The client's own, where it is 1 to 128 printable characters without spaces; else a new one. */
    static String of(Optional<String> header) {
        return header.filter(id -> id.matches("[\\x21-\\x7e]{1,128}"))
                .orElseGet(() -> fresh("req_"));
    }

    /** @param prefix such as {@code chatcmpl-} */
    static String fresh(String prefix) {
        var bytes = new byte[12];
        ThreadLocalRandom.current().nextBytes(bytes);
        return prefix + HexFormat.of().formatHex(bytes);
    }
}
