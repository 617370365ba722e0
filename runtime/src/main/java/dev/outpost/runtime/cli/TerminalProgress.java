package dev.outpost.runtime.cli;

import dev.outpost.runtime.control.ControlHandler.Progress;
import java.util.Optional;

/** Draws the progress of work that is done here or in another process; a bar for each kind of work. */
final class TerminalProgress implements Progress, AutoCloseable {
    private final Terminal terminal;
    private Optional<ProgressBar> bar = Optional.empty();
    private String drawn = "";

    TerminalProgress(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void at(String what, long done, long total) {
        if (!drawn.equals(what)) {
            close();
            drawn = what;
            bar = Optional.of(new ProgressBar(terminal, what, total));
        }
        bar.ifPresent(now -> now.accept(done));
    }

    @Override
    public void close() {
        bar.ifPresent(ProgressBar::close);
        bar = Optional.empty();
    }
}
