package dev.outpost.runtime.cli;

import dev.outpost.runtime.fleet.hub.BundleReceipts;
import dev.outpost.runtime.fleet.hub.BundleReceipts.Kind;
import dev.outpost.runtime.fleet.hub.BundleReceipts.Receipt;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet receipts}: what devices left on a stick. */
@Command(name = "receipts", description = "Read what devices left on a stick; answer their certificate requests there.")
final class FleetReceiptsCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DIR", description = "The stick.")
    private Path stick;

    @Mixin
    private FleetPlace place;

    FleetReceiptsCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        FleetDirectory directory = place.directory();
        List<Receipt> receipts;
        try (var database = place.database(directory)) {
            receipts = new BundleReceipts(directory, database, Instant.now()).read(stick);
        }
        if (place.json()) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartArray();
                for (Receipt receipt : receipts) {
                    out.writeStartObject();
                    out.writeStringField("file", receipt.file());
                    out.writeStringField("kind", receipt.kind().name().toLowerCase(Locale.ROOT));
                    out.writeStringField("detail", receipt.detail());
                    out.writeEndObject();
                }
                out.writeEndArray();
            }));
        } else {
            receipts.forEach(receipt -> terminal.out().println(String.format(Locale.ROOT, "%-11s %s: %s",
                    receipt.kind().name().toLowerCase(Locale.ROOT), receipt.file(), receipt.detail())));
        }
        boolean refused = receipts.stream().anyMatch(receipt -> receipt.kind() == Kind.REFUSED);
        return (refused ? ExitStatus.DATA : ExitStatus.OK).code();
    }
}
