package dev.outpost.runtime.cli;

import dev.outpost.provisioning.manifest.Role;
import dev.outpost.runtime.fleet.hub.FleetSettings;
import dev.outpost.runtime.fleet.hub.Founding;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet init}: a new fleet's keys, first root and certificate authority. */
@Command(name = "init", description = "Make a new fleet: keys, first root, certificate authority, database.")
final class FleetInitCommand implements Callable<Integer> {

    private final Terminal terminal;

    @Parameters(index = "0", paramLabel = "DIR", description = "Where; made when absent.")
    private Path directory;

    @Option(names = "--site", paramLabel = "NAME", required = true, description = "The site: a-z, 0-9, hyphens.")
    private String site;

    @Option(names = "--broker", paramLabel = "URL", description = "The fleet's broker, such as mqtts://HOST:8883; without one, sticks "
            + "carry everything.")
    private String broker;

    @Option(names = "--site-broker", paramLabel = "URL", description = "The site's own broker, for peers and "
            + "Sparkplug.")
    private String siteBroker;

    @Option(names = "--enrol-broker", paramLabel = "URL", description = "Its listener for devices that have no certificate yet.")
    private String enrolBroker;

    @Option(names = "--enrol", paramLabel = "URL", description = "Where devices ask for certificates by HTTPS (EST).")
    private String enrol = "";

    @Option(names = "--range", paramLabel = "URL", description = "Where released files are offered by HTTPS.")
    private List<String> range = List.of();

    @Option(names = "--offline-days", paramLabel = "N", description = "Longest time a device may be out of reach; certificates last three "
            + "times as long (default: ${DEFAULT-VALUE}).")
    private int offlineDays = FleetSettings.OFFLINE_DAYS;

    @Option(names = "--document-days", paramLabel = "N", description = "How long a word to a device holds (default: "
            + "${DEFAULT-VALUE}).")
    private int documentDays = FleetSettings.DOCUMENT_DAYS;

    @Option(names = "--database", paramLabel = "URL", description = "jdbc:postgresql://HOST/NAME?user=NAME (default: a file in "
            + "DIR).")
    private String database = "";

    @Option(names = "--json", description = "JSON instead of words.")
    private boolean json;

    @Mixin
    private KeyPlace keys;

    FleetInitCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        var links = new TreeMap<String, String>();
        LoadOptions.put(links, "fleet", broker);
        LoadOptions.put(links, "site", siteBroker);
        LoadOptions.put(links, "enrol", enrolBroker);
        Path place = directory.toAbsolutePath().normalize();
        var settings = new FleetSettings(site, links, enrol, range, offlineDays, documentDays, database);
        Founding.Founded founded = Founding.found(place, settings, keys.offline(place.resolve("keys")),
                keys.passphrase(), Instant.now());
        if (json) {
            terminal.out().println(JsonText.of(out -> {
                out.writeStartObject();
                out.writeStringField("site", site);
                out.writeStringField("directory", place.toString());
                out.writeStringField("pin", founded.pin());
                out.writeArrayFieldStart("keys");
                for (Founding.MadeKey key : founded.keys()) {
                    out.writeStartObject();
                    out.writeStringField("name", key.name());
                    out.writeStringField("role", key.role().word());
                    out.writeStringField("file", key.file().toString());
                    out.writeBooleanField("offline", key.offline());
                    out.writeBooleanField("locked", key.locked());
                    out.writeEndObject();
                }
                out.writeEndArray();
                out.writeEndObject();
            }));
        } else {
            print(place, founded);
        }
        return ExitStatus.OK.code();
    }

    private void print(Path place, Founding.Founded founded) {
        PrintStream out = terminal.out();
        out.println("fleet of site " + site + ": " + place);
        out.println();
        out.println("These keys belong offline. Carry each to a place of its own, away from this machine:");
        founded.keys().stream().filter(Founding.MadeKey::offline).forEach(key -> print(out, key));
        out.println();
        out.println("These keys stay with the hub:");
        founded.keys().stream().filter(key -> !key.offline()).forEach(key -> print(out, key));
        out.println("  " + place.resolve("ca/ca-key.pem") + "  issues certificates; keep a copy");
        out.println();
        out.println("next:");
        out.println("  outpost fleet certificate --server HOST -d " + directory + "   a certificate for the broker");
        out.println("  outpost fleet enroll DEVICE... -d " + directory + "            claims for devices");
        out.println("  outpost fleet hub -d " + directory + "                         the other end, long-running");
    }

    private static void print(PrintStream out, Founding.MadeKey key) {
        out.println(String.format(Locale.ROOT, "  %s  %s%s", key.file(), purpose(key.role()),
                key.locked() ? "; locked" : ""));
    }

    private static String purpose(Role role) {
        return switch (role) {
            case ROOT -> "signs keys and revocations: any two of three";
            case RELEASE -> "signs releases: both";
            case FLEET -> "signs what devices shall run, claims and commands";
            case FRESHNESS -> "signs what is newest";
            case OWNER -> "signs transfer and wipe";
        };
    }
}
