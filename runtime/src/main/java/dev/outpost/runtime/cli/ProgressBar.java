package dev.outpost.runtime.cli;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongConsumer;

/**
 * One line on a terminal that says how far long work has come; nothing at all where nobody looks. Not for several
 * threads.
 */
final class ProgressBar implements LongConsumer, AutoCloseable {

    private static final int CELLS = 30;
    private static final long REDRAW_NANOS = 100_000_000;
    private static final double MEBI = 1 << 20;

    private final PrintStream err;
    private final boolean shown;
    private final String what;
    private final long total;
    private final long began = System.nanoTime();
    private long drawn = began - REDRAW_NANOS;
    private int width;

    /**
     * @param what a word or two, such as {@code importing}
     * @param total bytes in all; 0 when unknown
     */
    ProgressBar(Terminal terminal, String what, long total) {
        this.err = terminal.err();
        this.shown = terminal.interactive();
        this.what = what;
        this.total = total;
    }

    /** @param done bytes so far */
    @Override
    public void accept(long done) {
        long now = System.nanoTime();
        if (shown && (now - drawn >= REDRAW_NANOS || done == total)) {
            drawn = now;
            draw(done, (now - began) / 1e9);
        }
    }

    /** @param done things so far, where they are not bytes */
    void count(int done) {
        if (shown) {
            String text = what + " " + done;
            err.print("\r" + text);
            err.flush();
            width = Math.max(width, text.length());
        }
    }

    /** Wipes the line. */
    @Override
    public void close() {
        if (width > 0) {
            err.print("\r" + " ".repeat(width) + "\r");
            err.flush();
        }
    }

    private void draw(long done, double seconds) {
        double rate = seconds < 0.5 ? 0 : done / MEBI / seconds;
        String line = total == 0
                ? String.format(Locale.ROOT, "%s %.1f MiB", what, done / MEBI)
                : String.format(Locale.ROOT, "%s [%s] %3d %%  %.1f of %.1f MiB", what, bar(done), 100 * done / total,
                        done / MEBI, total / MEBI);
        String speed = rate == 0 ? "" : String.format(Locale.ROOT, "  %.1f MiB/s%s", rate, left(done, rate));
        String text = line + speed;
        err.print("\r" + text + " ".repeat(Math.max(0, width - text.length())));
        err.flush();
        width = Math.max(width, text.length());
    }

    private String bar(long done) {
        int full = (int) Math.min(CELLS, CELLS * done / total);
        return "#".repeat(full) + ".".repeat(CELLS - full);
    }

    private String left(long done, double rate) {
        return total > done ? String.format(Locale.ROOT, "  %.0f s left", (total - done) / MEBI / rate) : "";
    }
}
