package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FreshnessAnswer;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Says what is newest for one device, under the freshness role's signature. */
final class FreshnessDesk {

    private final FleetDirectory directory;
    private final FleetKeys keys;
    private final FleetDatabase database;
    private final InstantSource clock;

    FreshnessDesk(FleetDirectory directory, FleetKeys keys, FleetDatabase database, InstantSource clock) {
        this.directory = directory;
        this.keys = keys;
        this.database = database;
        this.clock = clock;
    }

    /** The signed answer to a nonce. The key is read each time: it may have been rotated. */
    byte[] answer(String device, String nonce) {
        var root = directory.root();
        var versions = database.desired().versions();
        var own = new TreeMap<String, Long>();
        addressees(device).forEach(key -> {
            if (versions.containsKey(key)) {
                own.put(key, versions.get(key));
            }
        });
        var answer = new FreshnessAnswer(nonce, root.version(), own, database.releases().newestCounters(),
                clock.instant());
        return FleetSigner.sign(answer.toJson(), List.of(keys.one(root, Role.FRESHNESS))).encode();
    }

    private List<String> addressees(String device) {
        var keys = new ArrayList<String>();
        keys.add(new Addressee.Device(device).key());
        database.devices().find(device)
                .ifPresent(row -> row.groups().forEach(group -> keys.add(new Addressee.Group(group).key())));
        return keys;
    }
}
