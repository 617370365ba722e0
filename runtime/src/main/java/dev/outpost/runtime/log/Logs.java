package dev.outpost.runtime.log;

import org.tinylog.configuration.Configuration;
import org.tinylog.jul.JulTinylogBridge;

/**
 * Sets up logging before the first line is written: tinylog's configuration is frozen by then.
 *
 * <p>A verb at the terminal keeps {@code tinylog.properties}' level; a server sets its own.
 */
public final class Logs {

    private Logs() {}

    /** @param journal true where systemd's journal reads standard error ({@code JOURNAL_STREAM} is set) */
    public static void prepare(boolean journal) {
        Configuration.set("writer.journal", Boolean.toString(journal));
    }

    /** @param level {@code error}, {@code warn}, {@code info} or {@code debug} */
    public static void activate(String level) {
        if (!Configuration.isFrozen()) {
            Configuration.set("level", level);
        }
        JulTinylogBridge.activate();
    }
}
