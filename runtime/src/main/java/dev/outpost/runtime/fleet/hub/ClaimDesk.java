package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.identity.Claim;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.RootDocument;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.runtime.fleet.hub.database.DeviceRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Makes devices known and gives each a claim: the file that binds it to this fleet. */
public final class ClaimDesk {
    private static final int TOKEN_BYTES = 32;

    private final FleetDirectory directory;
    private final FleetKeys keys;
    private final FleetDatabase database;
    private final SecureRandom random = new SecureRandom();

    public ClaimDesk(FleetDirectory directory, FleetKeys keys, FleetDatabase database) {
        this.directory = directory;
        this.keys = keys;
        this.database = database;
    }

    /**
     * A device to be made known.
     *
     * @param device its id
     * @param groups groups it is in; empty keeps those of a known one
     * @param profile its device profile; empty keeps that of a known one
     */
    public record Wanted(String device, Set<String> groups, String profile) {
        /** Checks the names and copies the groups. */
        public Wanted {
            groups = new TreeSet<>(groups);
            FleetSettings.requireId("device", device);
            groups.forEach(group -> FleetSettings.requireId("group", group));
            if (!profile.isEmpty()) {
                FleetSettings.requireId("profile", profile);
            }
            if (device.equals(Founding.HUB)) {
                throw new FleetException(FleetException.Reason.INPUT, "the name is the hub's own: device=" + device);
            }
        }
    }

    /**
     * Makes devices known, all or none.
     *
     * @return the signed claims, in the same order
     */
    public List<byte[]> claim(List<Wanted> wanted, Instant now) {
        requireNamesApart(wanted);
        FleetSigner signer = keys.one(directory.root(), Role.FLEET);
        byte[] root = directory.roots().getLast();
        JsonValue carried = JsonReader.read(root, SignedDocument.MAX_BYTES);
        RootDocument trusted = TrustState.selfSigned(root);
        if (!trusted.role(Role.FLEET).signers().contains(signer.ids())) {
            throw new FleetException(FleetException.Reason.NO_KEY, "the fleet key is not the root's: key="
                    + signer.name());
        }
        String pin = CertificateAuthority.open(directory).pin();
        return wanted.stream().map(one -> claim(one, signer, carried, pin, now)).toList();
    }

    private byte[] claim(Wanted wanted, FleetSigner signer, JsonValue root, String pin, Instant now) {
        FleetSettings settings = directory.settings();
        var known = database.devices().find(wanted.device());
        Set<String> groups = wanted.groups().isEmpty()
                ? known.map(device -> (Set<String>) device.groups()).orElse(Set.of())
                : wanted.groups();
        String profile = wanted.profile().isEmpty() ? known.map(DeviceRow::profile).orElse("") : wanted.profile();
        byte[] secret = new byte[TOKEN_BYTES];
        random.nextBytes(secret);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        long counter = database.claims().nextCounter(wanted.device());
        byte[] document = FleetSigner.sign(new Claim(settings.site(), wanted.device(), counter, token,
                settings.enrolUrl(), settings.links(), List.of(pin), root).toJson(), List.of(signer)).encode();
        if (document.length > SignedDocument.MAX_BYTES) {
            throw new FleetException(FleetException.Reason.INPUT, "claim is too long: bytes=" + document.length
                    + ", limit=" + SignedDocument.MAX_BYTES);
        }
        database.devices().register(settings.site(), wanted.device(), profile, groups);
        if (known.flatMap(DeviceRow::revoked).isPresent()) {
            database.devices().readmit(wanted.device());
        }
        database.claims().add(wanted.device(), counter, token, now);
        return document;
    }

    /** One word names either a device or a group: files on a stick are named by it. */
    private void requireNamesApart(List<Wanted> wanted) {
        Set<String> devices = new HashSet<>();
        Set<String> groups = new HashSet<>();
        for (DeviceRow known : database.devices().all()) {
            devices.add(known.device());
            groups.addAll(known.groups());
        }
        Set<String> asked = new HashSet<>();
        for (Wanted one : wanted) {
            if (!asked.add(one.device())) {
                throw new FleetException(FleetException.Reason.INPUT, "device is named twice: device=" + one.device());
            }
            groups.addAll(one.groups());
        }
        devices.addAll(asked);
        devices.retainAll(groups);
        if (!devices.isEmpty()) {
            throw new FleetException(FleetException.Reason.INPUT, "one name is a device's and a group's: name="
                    + devices.iterator().next());
        }
    }
}
