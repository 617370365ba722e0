package dev.outpost.runtime.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code outpost config} without more: says what there is. */
@Command(name = "config", description = "Check the configuration, or explain where its values come from.")
final class ConfigCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    ConfigCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(terminal.err(), CommandLine.Help.Ansi.OFF);
        return ExitStatus.USAGE.code();
    }
}
