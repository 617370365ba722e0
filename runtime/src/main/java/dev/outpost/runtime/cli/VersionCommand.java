package dev.outpost.runtime.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code outpost version}: what a report of a fault should name. */
@Command(name = "version", description = "Print the version of Outpost and of its virtual machine.")
final class VersionCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Option(names = "--json", description = "One JSON object instead of words.")
    private boolean json;

    VersionCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** From the jar's manifest; {@code development} where classes are not in a jar. */
    static String version() {
        return Optional.ofNullable(VersionCommand.class.getPackage().getImplementationVersion())
                .orElse("development");
    }

    @Override
    public Integer call() {
        String java = Runtime.version().toString();
        String machine = System.getProperty("java.vm.name");
        terminal.out().println(json ? JsonText.of(out -> {
            out.writeStartObject();
            out.writeStringField("outpost", version());
            out.writeStringField("java", java);
            out.writeStringField("vm", machine);
            out.writeEndObject();
        }) : "outpost " + version() + " (Java " + java + ", " + machine + ")");
        return ExitStatus.OK.code();
    }
}
