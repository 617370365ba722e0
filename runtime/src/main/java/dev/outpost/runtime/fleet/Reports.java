package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.UpdateReport;
import dev.outpost.provisioning.UpdateOutcome;
import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.update.UpdateRoom;
import java.util.List;

/** What the device says of itself. On the update's thread, which owns store and pointer. */
final class Reports {
    private final AgentFacts facts;
    private final UpdateRoom room;
    private final FleetHost host;
    private final Freshness freshness;

    Reports(AgentFacts facts, UpdateRoom room, FleetHost host, Freshness freshness) {
        this.facts = facts;
        this.room = room;
        this.host = host;
        this.freshness = freshness;
    }

    DeviceReport now() {
        List<DeviceReport.Model> models = room.store().models().stream().map(model -> new DeviceReport.Model(
                model.digest().hex(), List.copyOf(model.names()), origin(model.origin()))).toList();
        String active = room.pointer().current().map(Slot::digest).map(ContentDigest::hex).orElse("");
        return new DeviceReport(facts.site(), facts.device(), facts.boot(), facts.runtime().toString(), facts.jdk(),
                host.tier(), facts.profile(), models, active, update(room.report()),
                DesiredState.version(room.trust(), facts), room.trust().root().map(RootDocument::version).orElse(0L),
                freshness.report());
    }

    private static DeviceReport.Update update(UpdateReport report) {
        return new DeviceReport.Update(report.state().name(), report.line(), report.counter(),
                report.release().map(ContentDigest::hex).orElse(""), report.file().map(ContentDigest::hex).orElse(""),
                report.attempt(), report.outcome().map(UpdateOutcome::word).orElse(""),
                report.refusal().map(Refusal::word).orElse(""), report.detail(), report.fetchedBytes(),
                report.reusedBytes(), report.rollbackMillis());
    }

    private static String origin(ModelOrigin origin) {
        String name = switch (origin) {
            case ModelOrigin.Fleet(String line, long counter) -> line + " " + counter;
            case ModelOrigin.CatalogueEntry(String entry) -> entry;
            case ModelOrigin.Operator(String source) -> source;
        };
        String text = origin.word() + " " + name;
        return text.substring(0, Math.min(256, text.length()));
    }
}
