package dev.outpost.engine.prompt;

import java.time.LocalDateTime;
import java.time.format.TextStyle;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** {@code strftime} in the C locale, for {@code strftime_now}. */
final class Clockwork {

    private Clockwork() {}

    static String format(LocalDateTime now, String format) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%' || i + 1 == format.length()) {
                out.append(c);
                continue;
            }
            char code = format.charAt(++i);
            boolean plain = code == '-' && i + 1 < format.length();
            String field = field(now, plain ? format.charAt(++i) : code);
            out.append(plain ? field.replaceFirst("^0+(?=\\d)", "") : field);
        }
        return out.toString();
    }

    private static String field(LocalDateTime now, char code) {
        return switch (code) {
            case 'Y' -> "%d".formatted(now.getYear());
            case 'y' -> "%02d".formatted(now.getYear() % 100);
            case 'm' -> "%02d".formatted(now.getMonthValue());
            case 'd' -> "%02d".formatted(now.getDayOfMonth());
            case 'e' -> "%2d".formatted(now.getDayOfMonth());
            case 'j' -> "%03d".formatted(now.getDayOfYear());
            case 'H' -> "%02d".formatted(now.getHour());
            case 'I' -> "%02d".formatted(now.get(ChronoField.CLOCK_HOUR_OF_AMPM));
            case 'M' -> "%02d".formatted(now.getMinute());
            case 'S' -> "%02d".formatted(now.getSecond());
            case 'f' -> "%06d".formatted(now.getNano() / 1000);
            case 'p' -> now.getHour() < 12 ? "AM" : "PM";
            case 'a' -> now.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
            case 'A' -> now.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'b', 'h' -> format(now, Locale.ENGLISH);
            case 'B' -> now.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH);
            case 'w' -> String.valueOf(now.getDayOfWeek().getValue() % 7);
            case 'u' -> String.valueOf(now.getDayOfWeek().getValue());
            case 'F' -> format(now, "%Y-%m-%d");
            case 'T' -> format(now, "%H:%M:%S");
            case 'D' -> format(now, "%m/%d/%y");
            case 'R' -> format(now, "%H:%M");
            case '%' -> "%";
            default -> "%" + code;
        };
    }

    /** English has three letters for each month, where newer locale data has four for September. */
    private static String format(LocalDateTime now, Locale locale) {
        return now.getMonth().getDisplayName(TextStyle.FULL, locale).substring(0, 3);
    }
}
