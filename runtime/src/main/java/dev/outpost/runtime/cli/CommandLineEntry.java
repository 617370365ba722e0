package dev.outpost.runtime.cli;

import dev.outpost.runtime.config.Surroundings;
import picocli.CommandLine;

/** Parses a command line, runs its verb and turns what went wrong into a status and a sentence. */
public final class CommandLineEntry {

    private final Surroundings surroundings;

    public CommandLineEntry(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** @return a status of {@link ExitStatus} */
    public int run(String... arguments) {
        return new CommandLine(new RootCommand()).execute(arguments);
    }
}
