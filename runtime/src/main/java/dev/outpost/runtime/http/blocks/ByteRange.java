package dev.outpost.runtime.http.blocks;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A single byte range (RFC 9110 section 14).
 *
 * @param from first byte
 * @param to last byte
 */
record ByteRange(long from, long to) {
    private static final Pattern SINGLE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /** What a Range header asks for. */
    enum Asked {
        /** Nothing we know: the whole file. */
        WHOLE,
        /** A part of the file. */
        PART,
        /** No byte of the file. */
        NOTHING
    }

    /** How a header was understood. */
    record Understood(Asked asked, ByteRange range) {}

    long length() {
        return to - from + 1;
    }

    /** Reads the header; several ranges and other units are ignored, as the RFC allows. */
    static Understood read(Optional<String> header, long bytes) {
        var whole = new ByteRange(0, bytes - 1);
        Matcher found = SINGLE.matcher(header.orElse("").strip());
        if (!found.matches() || found.group(1).isEmpty() && found.group(2).isEmpty()) {
            return new Understood(Asked.WHOLE, whole);
        }
        if (found.group(1).isEmpty()) {
            long last = Long.parseLong(found.group(2));
            var range = new ByteRange(Math.max(0, bytes - last), bytes - 1);
            return new Understood(last == 0 || bytes == 0 ? Asked.NOTHING : Asked.PART, range);
        }
        long from = Long.parseLong(found.group(1));
        long to = found.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(found.group(2));
        if (to < from) {
            return new Understood(Asked.WHOLE, whole);
        }
        return new Understood(from >= bytes ? Asked.NOTHING : Asked.PART, new ByteRange(from, Math.min(to, bytes - 1)));
    }
}
