package dev.outpost.runtime.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * The three streams of a command; UTF-8 whatever the locale.
 *
 * @param in what is typed or piped in
 * @param out results, and nothing else
 * @param err words about them
 * @param interactive whether somebody looks on: progress is drawn and tables are redrawn
 */
public record Terminal(InputStream in, PrintStream out, PrintStream err, boolean interactive) {

    /** Streams that nobody looks at. */
    public Terminal(InputStream in, PrintStream out, PrintStream err) {
        this(in, out, err, false);
    }

    public static Terminal ofProcess() {
        return new Terminal(System.in,
                new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8),
                new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                System.console() != null && System.console().isTerminal());
    }
}
