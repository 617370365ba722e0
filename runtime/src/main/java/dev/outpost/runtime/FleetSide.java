package dev.outpost.runtime;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.control.StatusSection;
import dev.outpost.runtime.update.UpdateGround;
import dev.outpost.runtime.update.UpdateParts;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a configured fleet adds to a serving process; {@link ServeRun} calls it in this order. */
final class FleetSide implements AutoCloseable {

    private final Logger log = System.getLogger(FleetSide.class.getName());
    private final FleetWiring wiring;
    private final Surroundings surroundings;

    private FleetSide(FleetWiring wiring, Surroundings surroundings) {
        this.wiring = wiring;
        this.surroundings = surroundings;
    }

    /** Opens the fleet's side of a device that was claimed: identity is read, no link is opened yet. */
    static Optional<FleetSide> open(Setup setup, Surroundings surroundings, UpdateGround ground) {
        var board = new FleetWiring.Board(surroundings.root(), profile(setup.profile()), version());
        return FleetWiring.open(setup.resolved().config(), board, ground)
                .map(wiring -> new FleetSide(wiring, surroundings));
    }

    /** Who this device is, and by which ways files come. */
    UpdateParts parts() {
        return wiring.parts();
    }

    /** Updates run and requests are answered, if there is a model: links may open. */
    void begin(ServingProcess process) {
        process.setup().resolved().passedOver().forEach(problem -> log.log(Level.WARNING,
                "fleet configuration does not apply, the one before is used: {0}", problem.toString()));
        wiring.sparkplug().ifPresent(node -> node.begin(wiring.gateway(), process, surroundings.root()));
        wiring.begin(process.room(), new ProcessHost(process, surroundings.root(),
                () -> wiring.sparkplug().ifPresent(SparkplugWiring::rebirth)));
        process.golden().onDrop(drop -> wiring.agent().ifPresent(agent -> agent.alarm("golden_drop",
                "line=" + drop.line() + ", counter=" + drop.counter() + ", right=" + drop.right() + ", best="
                        + drop.best() + ", asked=" + drop.asked() + ", now=" + drop.now() + ", before="
                        + drop.before())));
        wiring.status().keySet().forEach(name -> process.desk().add(new StatusSection(name,
                () -> section(wiring.status().getOrDefault(name, Map.of())))));
    }

    /** Says goodbye and closes the links; the process stops. */
    @Override
    public void close() {
        wiring.close();
    }

    private static JsonObject section(Map<String, String> entries) {
        JsonObject section = JsonObject.of(Map.of());
        for (var entry : entries.entrySet()) {
            section = section.with(entry.getKey(), entry.getValue());
        }
        return section;
    }

    /** The first word is the profile's name, or the path of its file. */
    private static String profile(String line) {
        String name = line.split(" ", 2)[0].replaceFirst("^.*/", "").replaceFirst("\\.yaml$", "").toLowerCase(
                Locale.ROOT).replaceAll("[^a-z0-9-]+", "-");
        return name.isEmpty() ? "none" : name.substring(0, Math.min(64, name.length()));
    }

    /** Of the jar; a build that is in none counts as the first. */
    private static Version version() {
        try {
            return Version.parse(Optional.ofNullable(FleetSide.class.getPackage().getImplementationVersion())
                    .orElse("0.1.0"));
        } catch (RefusedException notNumbers) {
            return new Version(0, 1, 0);
        }
    }
}
