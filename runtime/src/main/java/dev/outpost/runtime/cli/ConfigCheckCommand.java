package dev.outpost.runtime.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code outpost config check}: reads all files and says what is wrong with them. */
@Command(name = "check", description = "Read all files and say what is wrong with them.")
final class ConfigCheckCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Mixin
    private LoadOptions load;

    ConfigCheckCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        rooms.config(load.config(), load.flags());
        List<Path> files = rooms.configFiles(load.config());
        terminal.out().println("configuration is valid; files read: " + (files.isEmpty()
                ? "none"
                : files.stream().map(Path::toString).collect(Collectors.joining(", "))));
        return ExitStatus.OK.code();
    }
}
