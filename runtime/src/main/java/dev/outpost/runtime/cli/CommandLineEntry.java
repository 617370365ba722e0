package dev.outpost.runtime.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Parses a command line, runs its verb and turns what went wrong into a status and a sentence. */
public final class CommandLineEntry {

    private final Rooms rooms;
    private final Terminal terminal;

    public CommandLineEntry(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    /** @return a status of {@link ExitStatus} */
    public int run(String... arguments) {
        var line = commandLine(arguments);
        int status = line.execute(arguments);
        terminal.out().flush();
        return status;
    }

    private Map<String, Supplier<Object>> verbs() {
        var verbs = new LinkedHashMap<String, Supplier<Object>>();
        verbs.put("serve", () -> new ServeCommand(rooms));
        verbs.put("run", () -> new RunCommand(rooms, terminal));
        verbs.put("import", () -> new ImportCommand(rooms, terminal));
        verbs.put("pull", () -> new PullCommand(rooms, terminal));
        verbs.put("list", () -> new ListCommand(rooms, terminal));
        verbs.put("rm", () -> new RmCommand(rooms, terminal));
        verbs.put("status", () -> new StatusCommand(rooms, terminal));
        verbs.put("show", () -> new ShowCommand(rooms, terminal));
        verbs.put("bench", () -> new BenchCommand(rooms, terminal));
        verbs.put("tokenize", () -> new TokenizeCommand(terminal));
        verbs.put("logits", () -> new LogitsCommand(rooms, terminal));
        verbs.put("perplexity", () -> new PerplexityCommand(rooms, terminal));
        verbs.put("aot", () -> new AotCommand(rooms, terminal));
        verbs.put("config",
                () -> new CommandLine(new ConfigCommand(terminal))
                        .addSubcommand("check", new ConfigCheckCommand(rooms, terminal))
                        .addSubcommand("explain", new ConfigExplainCommand(rooms, terminal)));
        verbs.put("fleet", () -> FleetCommand.with(rooms, terminal));
        verbs.put("version", () -> new VersionCommand(terminal));
        return verbs;
    }

    /** All verbs, or the named one alone: reading the annotations of all takes longer than most verbs run. */
    CommandLine commandLine(String... arguments) {
        var line = new CommandLine(new RootCommand(terminal));
        var verbs = verbs();
        if (arguments.length > 0 && verbs.containsKey(arguments[0])) {
            line.addSubcommand(arguments[0], verbs.get(arguments[0]).get());
        } else {
            verbs.forEach((name, verb) -> line.addSubcommand(name, verb.get()));
        }
        withHelp(line);
        line.setParameterExceptionHandler(this::misused);
        line.setExecutionExceptionHandler((failure, command, parsed) -> report(FailureReport.of(failure), failure));
        line.setOut(new java.io.PrintWriter(terminal.out(), true));
        line.setErr(new java.io.PrintWriter(terminal.err(), true));
        return line;
    }

    private static void withHelp(CommandLine line) {
        line.getCommandSpec().mixinStandardHelpOptions(true);
        line.getSubcommands().values().forEach(CommandLineEntry::withHelp);
    }

    private int misused(ParameterException failure, String[] arguments) {
        String verb = failure.getCommandLine().getCommandSpec().qualifiedName();
        terminal.err().println("outpost: " + failure.getMessage());
        if (failure instanceof UnmatchedArgumentException unmatched && !unmatched.getSuggestions().isEmpty()) {
            terminal.err().println("outpost: did you mean " + String.join(" or ", unmatched.getSuggestions()) + "?");
        }
        terminal.err().println("outpost: `" + verb + " --help` lists what there is");
        return ExitStatus.USAGE.code();
    }

    private int report(FailureReport report, Throwable failure) {
        terminal.out().flush();
        report.fact().lines().forEach(line -> terminal.err().println("outpost: " + line));
        if (!report.next().isEmpty()) {
            terminal.err().println("outpost: " + report.next());
        }
        if (report.status() == ExitStatus.INTERNAL) {
            System.getLogger(CommandLineEntry.class.getName()).log(System.Logger.Level.ERROR, "internal fault",
                    failure);
        }
        return report.status().code();
    }
}
