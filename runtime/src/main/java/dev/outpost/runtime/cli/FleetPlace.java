package dev.outpost.runtime.cli;

import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where the fleet is: flags of every fleet verb. */
final class FleetPlace {

    @Option(names = {"-d", "--dir"}, paramLabel = "DIR", description = "The fleet's directory (default: here).")
    private Path directory = Path.of("");

    @Option(names = "--database", paramLabel = "URL", description = "The fleet's database, as jdbc:postgresql://HOST/NAME?user=NAME "
            + "(default: fleet.json's).")
    private String database;

    @Option(names = "--json", description = "JSON instead of words.")
    private boolean json;

    FleetDirectory directory() {
        return FleetDirectory.open(directory.toAbsolutePath().normalize());
    }

    /** The caller closes it. */
    FleetDatabase database(FleetDirectory of) {
        return FleetDatabase.open(database == null ? of.database() : database);
    }

    boolean json() {
        return json;
    }

    /** The flag that leads a following command to the same fleet; empty when it is here. */
    String flag() {
        return directory.toString().isEmpty() ? "" : " -d " + directory;
    }
}
