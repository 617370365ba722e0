package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.identity.Ownership;
import dev.outpost.provisioning.identity.OwnershipCommand;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.provisioning.verify.Verifier;
import dev.outpost.runtime.fleet.wire.CommandAck;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Obeys the fleet's signed commands, each once: verified, noted on disk, its counter used up, then run. A command that
 * comes again under its id is told where it stands. Called on the update's thread; long work goes on elsewhere and reports
 * back through {@code later}.
 */
final class RemoteCommands {
    private static final Logger LOG = System.getLogger(RemoteCommands.class.getName());

    /** What commands set in motion. */
    interface Deeds {
        /** A report, now. */
        void report();

        CompletableFuture<String> golden();

        CompletableFuture<String> rollBack();

        void rebirth();

        /** Nothing may be written to the state directory any more but what obeys the order. */
        void ownerLeaves();

        /** The order was obeyed: the process is to start afresh. */
        void ownerLeft(OwnershipCommand order);
    }

    private final AgentFacts facts;
    private final Storage storage;
    private final TrustState trust;
    private final CommandJournal journal;
    private final Deeds deeds;
    private final Consumer<CommandAck> acks;
    private final Consumer<Consumer<Verifier>> later;

    /**
     * @param acks tells the fleet where a command stands
     * @param later runs work on the update's thread
     */
    RemoteCommands(AgentFacts facts, Storage storage, TrustState trust, CommandJournal journal, Deeds deeds,
            Consumer<CommandAck> acks, Consumer<Consumer<Verifier>> later) {
        this.facts = facts;
        this.storage = storage;
        this.trust = trust;
        this.journal = journal;
        this.deeds = deeds;
        this.acks = acks;
        this.later = later;
    }

    /**
     * A command arrived.
     *
     * @param id the last level of its topic
     */
    void arrived(Verifier verifier, String id, byte[] document) {
        Optional<CommandAck> before = journal.find(id);
        if (before.isPresent()) {
            acks.accept(before.get());
            return;
        }
        Command command;
        try {
            command = verifier.command(document);
            if (!command.id().equals(id)) {
                throw new RefusedException(Refusal.BAD_NAME, "command has another id than its topic: topic=" + id
                        + ", found=" + command.id());
            }
            trust.requireUnused("command", command.counter());
        } catch (RefusedException e) {
            LOG.log(Level.WARNING, "command refused: id={0}, code={1}, {2}", id, e.code().word(), e.getMessage());
            acks.accept(new CommandAck(id, CommandAck.State.FAILED, e.code().word() + ": " + e.getMessage()));
            return;
        }
        move(id, CommandAck.State.ACCEPTED, command.operation().word());
        verifier.obey(command);
        LOG.log(Level.INFO, "command: id={0}, op={1}", id, command.operation().word());
        run(command);
    }

    private void run(Command command) {
        move(command.id(), CommandAck.State.RUNNING, command.operation().word());
        switch (command.operation()) {
            case REPORT -> {
                deeds.report();
                move(command.id(), CommandAck.State.DONE, "report sent");
            }
            case REBIRTH -> {
                deeds.rebirth();
                move(command.id(), CommandAck.State.DONE, "announced");
            }
            case GOLDEN -> await(command, deeds.golden());
            case ROLLBACK -> await(command, deeds.rollBack());
            case TRANSFER, WIPE -> leave(command);
        }
    }

    private void await(Command command, CompletableFuture<String> work) {
        work.whenComplete((detail, failure) -> later.accept(verifier -> {
            if (failure == null) {
                move(command.id(), CommandAck.State.DONE, detail);
            } else {
                Throwable cause = failure.getCause() == null ? failure : failure.getCause();
                move(command.id(), CommandAck.State.FAILED, String.valueOf(cause.getMessage()));
            }
        }));
    }

    /** The fleet hears of it first: afterwards nobody here can say it. */
    private void leave(Command command) {
        JsonValue order = command.arguments().members().get("order");
        try {
            if (order == null) {
                throw new RefusedException(Refusal.MALFORMED_DOCUMENT, "command carries no order of the owner");
            }
            byte[] document = JsonWriter.canonical(order);
            requireMatch(command, Ownership.verified(trust, facts.device(), document));
            acks.accept(new CommandAck(command.id(), CommandAck.State.DONE, "obeyed; starting afresh"));
            deeds.ownerLeaves();
            deeds.ownerLeft(Ownership.obey(storage, trust, facts.device(), document));
        } catch (RefusedException e) {
            move(command.id(), CommandAck.State.FAILED, e.code().word() + ": " + e.getMessage());
        }
    }

    private static void requireMatch(Command command, OwnershipCommand order) {
        if (!order.operation().word().equals(command.operation().word())) {
            throw new RefusedException(Refusal.TARGETS_DISAGREE, "command and order differ: command="
                    + command.operation().word() + ", order=" + order.operation().word());
        }
    }

    private void move(String id, CommandAck.State state, String detail) {
        var ack = new CommandAck(id, state, detail);
        journal.note(ack);
        acks.accept(ack);
    }
}
