package dev.outpost.runtime.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code outpost} without a verb: says what there is. */
@Command(name = "outpost", description = "Edge runtime for quantised language models.", versionProvider = RootCommand.Version.class)
final class RootCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    RootCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(terminal.err(), CommandLine.Help.Ansi.OFF);
        return ExitStatus.USAGE.code();
    }

    /** The line of {@code --version}. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[]{"outpost " + VersionCommand.version()};
        }
    }
}
