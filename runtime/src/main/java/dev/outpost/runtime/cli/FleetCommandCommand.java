package dev.outpost.runtime.cli;

import dev.outpost.provisioning.manifest.Command.Operation;
import dev.outpost.runtime.fleet.hub.CommandDesk;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.database.CommandRow;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet command}: a signed order to one device. */
@Command(name = "command", description = "Give a device a signed order; without one, list its orders.")
final class FleetCommandCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DEVICE", description = "The device.")
    private String device;

    @Parameters(index = "1", arity = "0..1", paramLabel = "OP", description = "report, golden, rebirth, rollback, transfer or wipe; "
            + "the last two need the owner's key.")
    private String operation;

    @Option(names = "--hours", paramLabel = "N", description = "How long it may wait for its device (default: "
            + "${DEFAULT-VALUE}).")
    private int hours = 72;

    @Mixin
    private FleetPlace place;

    @Mixin
    private KeyPlace keys;

    FleetCommandCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FleetDirectory directory = place.directory();
        try (var database = place.database(directory)) {
            if (operation == null) {
                database.commands().all().stream().filter(given -> given.device().equals(device)).forEach(this::print);
                return ExitStatus.OK.code();
            }
            Operation op = Arrays.stream(Operation.values()).filter(known -> known.word().equals(operation)).findFirst()
                    .orElseThrow(() -> new CommandFailure(ExitStatus.USAGE, "unknown order: expected="
                            + Arrays.stream(Operation.values()).map(Operation::word).collect(Collectors.joining(", "))
                            + ", found=" + operation, ""));
            var desk = new CommandDesk(directory, keys.keys(directory), database);
            print(desk.give(device, op, Duration.ofHours(hours), Instant.now()));
        }
        return ExitStatus.OK.code();
    }

    private void print(CommandRow given) {
        terminal.out().println(place.json() ? JsonText.of(out -> {
            out.writeStartObject();
            out.writeStringField("id", given.id());
            out.writeStringField("device", given.device());
            out.writeStringField("state", given.state().word());
            out.writeStringField("detail", given.detail());
            out.writeStringField("given", given.created().toString());
            out.writeStringField("expires", given.expires().toString());
            out.writeEndObject();
        })
                : String.format(Locale.ROOT, "%-28s %-9s %s %s", given.id(), given.state().word(), given.created(),
                        given.detail()).stripTrailing());
    }
}
