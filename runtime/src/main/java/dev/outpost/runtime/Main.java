package dev.outpost.runtime;

import dev.outpost.runtime.cli.CommandLineEntry;
import dev.outpost.runtime.cli.Terminal;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.log.Logs;

/** Starts the command line; the only class that ends the process. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        var surroundings = Surroundings.ofProcess();
        Logs.prepare(surroundings.variable("JOURNAL_STREAM").isPresent());
        var wiring = new Wiring(surroundings, Runtime.getRuntime()::halt);
        Runtime.getRuntime().exit(new CommandLineEntry(wiring, Terminal.ofProcess()).run(arguments));
    }
}
