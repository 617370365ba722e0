package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.identity.OwnershipCommand;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.runtime.fleet.hub.database.CommandRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Signs orders to single devices; the hub sends each until it is answered or has expired. */
public final class CommandDesk {
    private final FleetDirectory directory;
    private final FleetKeys keys;
    private final FleetDatabase database;

    public CommandDesk(FleetDirectory directory, FleetKeys keys, FleetDatabase database) {
        this.directory = directory;
        this.keys = keys;
        this.database = database;
    }

    /**
     * Gives an order. Transfer and wipe also need the owner's key.
     *
     * @param life how long it may wait for its device
     */
    public CommandRow give(String device, Command.Operation operation, Duration life, Instant now) {
        if (database.devices().find(device).filter(known -> known.revoked().isEmpty()).isEmpty()) {
            throw new FleetException(FleetException.Reason.UNKNOWN, "no such device: device=" + device);
        }
        RootDocument root = directory.root();
        long counter = counter(device, now);
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        String id = operation.word() + "-" + HexFormat.of().formatHex(random);
        var command = new Command(directory.settings().site(), device, id, operation,
                arguments(root, device, operation, counter), counter, Optional.of(now.plus(life)));
        byte[] envelope = FleetSigner.sign(command.toJson(), List.of(keys.one(root, Role.FLEET))).encode();
        database.commands().add(id, device, envelope, now, now.plus(life));
        return database.commands().find(id).orElseThrow();
    }

    private JsonObject arguments(RootDocument root, String device, Command.Operation operation, long counter) {
        return switch (operation) {
            case TRANSFER -> order(root, device, OwnershipCommand.Operation.TRANSFER, counter);
            case WIPE -> order(root, device, OwnershipCommand.Operation.WIPE, counter);
            case REPORT, GOLDEN, REBIRTH, ROLLBACK -> JsonObject.of(Map.of());
        };
    }

    private JsonObject order(RootDocument root, String device, OwnershipCommand.Operation operation, long counter) {
        var order = new OwnershipCommand(directory.settings().site(), device, operation, counter);
        byte[] envelope = FleetSigner.sign(order.toJson(), List.of(keys.one(root, Role.OWNER))).encode();
        return JsonObject.of(Map.of("order", JsonReader.read(envelope, SignedDocument.MAX_BYTES)));
    }

    /** Above all that the device was given: milliseconds, unless two come within one. */
    private long counter(String device, Instant now) {
        return database.commands().all().stream().filter(given -> given.device().equals(device))
                .mapToLong(CommandDesk::counter).max().stream().map(last -> Math.max(last + 1, now.toEpochMilli()))
                .findFirst().orElse(now.toEpochMilli());
    }

    private static long counter(CommandRow given) {
        return Command.of(SignedDocument.of(JsonReader.read(given.envelope(), SignedDocument.MAX_BYTES)).payload())
                .counter();
    }
}
