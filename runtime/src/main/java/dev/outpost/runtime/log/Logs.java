package dev.outpost.runtime.log;

import org.tinylog.configuration.Configuration;
import org.tinylog.core.TinylogLoggingProvider;
import org.tinylog.jul.JulTinylogBridge;
import org.tinylog.provider.ProviderRegistry;
import org.tinylog.writers.Writer;

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

    /** Tells a listener of warnings and errors from now on, in place of an earlier one. */
    public static void listen(LogListener listener) {
        if (ProviderRegistry.getLoggingProvider() instanceof TinylogLoggingProvider provider) {
            for (Writer writer : provider.getWriters()) {
                if (writer instanceof LogLineWriter lines) {
                    lines.listen(listener);
                }
            }
        }
    }

    /** @param level {@code error}, {@code warn}, {@code info} or {@code debug} */
    public static void activate(String level) {
        if (!Configuration.isFrozen()) {
            Configuration.set("level", level);
        }
        JulTinylogBridge.activate();
    }
}
