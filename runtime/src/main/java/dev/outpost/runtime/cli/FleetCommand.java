package dev.outpost.runtime.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code outpost fleet} without more: says what there is. */
@Command(name = "fleet", description = "Manage a fleet of devices: keys, releases, rollouts.")
final class FleetCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    private FleetCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The verb with all that stand below it. */
    static CommandLine with(Rooms rooms, Terminal terminal) {
        return new CommandLine(new FleetCommand(terminal))
                .addSubcommand("init", new FleetInitCommand(terminal))
                .addSubcommand("certificate", new FleetCertificateCommand(terminal))
                .addSubcommand("enroll", new FleetEnrollCommand(terminal))
                .addSubcommand("release", new FleetReleaseCommand(rooms, terminal))
                .addSubcommand("releases", new FleetReleasesCommand(terminal))
                .addSubcommand("rollout", new FleetRolloutCommand(terminal))
                .addSubcommand("configure", new FleetConfigureCommand(rooms, terminal))
                .addSubcommand("hub", new FleetHubCommand(rooms))
                .addSubcommand("watch", new FleetWatchCommand(terminal))
                .addSubcommand("revoke", new FleetRevokeCommand(terminal))
                .addSubcommand("rotate", new FleetRotateCommand(terminal))
                .addSubcommand("command", new FleetCommandCommand(terminal))
                .addSubcommand("bundle", new FleetBundleCommand(terminal))
                .addSubcommand("receipts", new FleetReceiptsCommand(terminal));
    }

    @Override
    public Integer call() {
        spec.commandLine().usage(terminal.err(), CommandLine.Help.Ansi.OFF);
        return ExitStatus.USAGE.code();
    }
}
