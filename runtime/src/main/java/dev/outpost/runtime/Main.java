package dev.outpost.runtime;

import dev.outpost.runtime.cli.CommandLineEntry;
import dev.outpost.runtime.config.Surroundings;

/** Starts the command line; the only class that ends the process. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        Runtime.getRuntime().exit(new CommandLineEntry(Surroundings.ofProcess()).run(arguments));
    }
}
