package dev.outpost.runtime.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The kinds of values a setting can have; each reads its text and refuses what is out of range. */
sealed interface ValueKind {

    /** @throws IllegalArgumentException with what was expected; the caller adds the place */
    Object read(List<String> texts);

    /** The range or the words allowed, for the reference page and for errors. */
    String range();

    /** Free text; {@code shape} is a pattern, {@code words} describe it. */
    record Text(String shape, String words) implements ValueKind {
        @Override
        public Object read(List<String> texts) {
            String text = one(texts);
            if (!text.matches(shape)) {
                throw refused(this, text);
            }
            return text;
        }

        @Override
        public String range() {
            return words;
        }
    }

    /** A list of texts; in a variable or flag separated by commas. */
    record Texts(String words) implements ValueKind {
        @Override
        public Object read(List<String> texts) {
            return texts.stream().map(String::strip).filter(text -> !text.isEmpty()).toList();
        }

        @Override
        public String range() {
            return words;
        }
    }

    /** Some words of a few, in an order that means something; in a variable or flag separated by commas. */
    record Words(List<String> words) implements ValueKind {
        @Override
        public Object read(List<String> texts) {
            List<String> found = texts.stream().flatMap(text -> Stream.of(text.split(","))).map(String::strip)
                    .filter(text -> !text.isEmpty()).toList();
            for (String word : found) {
                if (!words.contains(word)) {
                    throw refused(this, word);
                }
            }
            return found;
        }

        @Override
        public String range() {
            return "any of " + String.join(" ", words);
        }
    }

    /** A whole number; {@code auto} where {@code orAuto}, which reads as empty text. */
    record Whole(long least, long most, boolean orAuto) implements ValueKind {
        @Override
        public Object read(List<String> texts) {
            String text = one(texts);
            return orAuto && text.equals("auto") ? "" : bounded(this, text, plain(this, text), least, most);
        }

        @Override
        public String range() {
            return least + ".." + most + (orAuto ? " or auto" : "");
        }
    }

    /** A number of bytes, with a unit: {@code 512MiB}, {@code 4GB}, {@code 1048576}. */
    record Size(long least, long most, boolean orAuto) implements ValueKind {
        private static final Pattern SHAPE = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,6})?)\\s*([a-z]*)");
        private static final Map<String, Long> UNITS = Map.ofEntries(Map.entry("", 1L), Map.entry("b", 1L),
                Map.entry("k", 1L << 10), Map.entry("m", 1L << 20), Map.entry("g", 1L << 30),
                Map.entry("kib", 1L << 10), Map.entry("mib", 1L << 20), Map.entry("gib", 1L << 30),
                Map.entry("kb", 1_000L), Map.entry("mb", 1_000_000L), Map.entry("gb", 1_000_000_000L));

        @Override
        public Object read(List<String> texts) {
            String text = one(texts);
            if (orAuto && text.equals("auto")) {
                return "";
            }
            Matcher parts = SHAPE.matcher(text.toLowerCase(Locale.ROOT));
            if (!parts.matches() || !UNITS.containsKey(parts.group(2))) {
                throw refused(this, text);
            }
            BigDecimal bytes = new BigDecimal(parts.group(1)).multiply(BigDecimal.valueOf(UNITS.get(parts.group(2))));
            return bounded(this, text, bytes.longValue(), least, most);
        }

        @Override
        public String range() {
            return shown(least) + ".." + shown(most) + (orAuto ? " or auto" : "");
        }

        static String shown(long bytes) {
            String[] units = {"GiB", "MiB", "KiB"};
            for (int i = 0; i < units.length; i++) {
                long unit = 1L << (30 - 10 * i);
                if (bytes >= unit && bytes % unit == 0) {
                    return bytes / unit + units[i];
                }
            }
            return bytes + "B";
        }
    }

    /** A time with a unit: {@code 50ms}, {@code 30s}, {@code 5m}, {@code 1h}. */
    record Time(Duration least, Duration most) implements ValueKind {
        private static final Pattern SHAPE = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h)");
        private static final Map<String, Long> UNITS = Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L);

        @Override
        public Object read(List<String> texts) {
            String text = one(texts);
            Matcher parts = SHAPE.matcher(text);
            if (!parts.matches()) {
                throw refused(this, text);
            }
            long millis = Long.parseLong(parts.group(1)) * UNITS.get(parts.group(2));
            bounded(this, text, millis, least.toMillis(), most.toMillis());
            return Duration.ofMillis(millis);
        }

        @Override
        public String range() {
            return shown(least) + ".." + shown(most);
        }

        static String shown(Duration time) {
            return time.toMillis() % 1_000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
        }
    }

    /** A decimal number. */
    record Decimal(double least, double most) implements ValueKind {
        @Override
        public Object read(List<String> texts) {
            String text = one(texts);
            if (!text.matches("\\d{1,9}(\\.\\d{1,9})?")) {
                throw refused(this, text);
            }
            double value = Double.parseDouble(text);
            if (value < least || value > most) {
                throw refused(this, text);
            }
            return value;
        }

        @Override
        public String range() {
            return least + ".." + most;
        }
    }

    /** One word of a few. */
    record Choice(List<String> words) implements ValueKind {
        @Override
        public Object read(List<String> texts) {
            String text = one(texts);
            if (!words.contains(text)) {
                throw new IllegalArgumentException("expected " + range() + ", found=" + text
                        + Suggestion.of(text, words).map(word -> "; did you mean " + word + "?").orElse(""));
            }
            return text;
        }

        @Override
        public String range() {
            return String.join(" ", words);
        }
    }

    private static String one(List<String> texts) {
        if (texts.size() != 1) {
            throw new IllegalArgumentException("expected one value, found a list of " + texts.size());
        }
        return texts.getFirst().strip();
    }

    private static long plain(ValueKind kind, String text) {
        if (!text.matches("\\d{1,18}")) {
            throw refused(kind, text);
        }
        return Long.parseLong(text);
    }

    private static long bounded(ValueKind kind, String text, long value, long least, long most) {
        if (value < least || value > most) {
            throw refused(kind, text);
        }
        return value;
    }

    private static IllegalArgumentException refused(ValueKind kind, String text) {
        return new IllegalArgumentException("expected " + kind.range() + ", found=" + text);
    }
}
