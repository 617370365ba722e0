package dev.outpost.engine.gguf;

/** Text from a file, made safe for a log line: one line, no escape sequences, bounded. */
final class Printable {

    private static final int MOST_CHARACTERS = 80;

    private Printable() {}

    static String of(String text) {
        var safe = new StringBuilder(Math.min(text.length(), MOST_CHARACTERS) + 8);
        int shown = Math.min(text.length(), MOST_CHARACTERS);
        for (int i = 0; i < shown; i++) {
            char c = text.charAt(i);
            if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT || Character.isSurrogate(c)
                    || c == '\u2028' || c == '\u2029') {
                safe.append(String.format("\\u%04x", (int) c));
            } else {
                safe.append(c);
            }
        }
        return shown < text.length() ? safe.append("...").toString() : safe.toString();
    }

    /** As {@link #of(String)}, for bytes of unknown kind. */
    static String of(byte[] bytes) {
        var safe = new StringBuilder();
        for (int i = 0; i < Math.min(bytes.length, MOST_CHARACTERS); i++) {
            int b = bytes[i] & 0xFF;
            safe.append(b >= 0x20 && b < 0x7F && b != '\\' ? String.valueOf((char) b) : String.format("\\x%02x", b));
        }
        return bytes.length > MOST_CHARACTERS ? safe.append("...").toString() : safe.toString();
    }
}
