package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.store.ContentDigest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the fleet's commands and its hub tell each other: they share nothing but these records and the directory. Each
 * call is one transaction, durable when it returns. Several processes may write at once; where that matters the method
 * says who wins. Any thread.
 *
 * <p>Every method throws {@link FleetException} with reason {@code DATABASE} when the database does not answer.
 */
public interface FleetRecords extends AutoCloseable {

    /** How a device stands with its fleet. */
    enum Standing {
        /** A claim was made, no certificate was issued yet. */
        CLAIMED,
        /** It holds a certificate. */
        ENROLLED,
        /** Set aside: it gets no certificate, no command and counts in no wave. */
        QUARANTINED
    }

    /**
     * A device the fleet knows.
     *
     * @param id {@code [a-z0-9-]{1,64}}
     * @param groups groups it is in
     * @param profile its device profile; {@code any} when unknown
     * @param standing how it stands
     * @param claimCounter counter of its newest claim
     * @param reason why it was set aside; else empty
     */
    record Device(String id, SortedSet<String> groups, String profile, Standing standing, long claimCounter,
            String reason) {
        public Device {
            groups = new TreeSet<>(groups);
        }
    }

    /**
     * What a device was last heard to say.
     *
     * @param device the device
     * @param online by its presence
     * @param seen when it was last heard of
     * @param bootId of its last start; empty when unknown
     * @param runtime its version; empty when unknown
     * @param profile its profile; empty when unknown
     * @param desiredVersion fleet document it follows; 0 when none
     * @param report its last verified signed report, as it came
     */
    record Sighting(String device, boolean online, Instant seen, String bootId, String runtime, String profile,
            long desiredVersion, Optional<byte[]> report) {}

    /**
     * A certificate that was issued.
     *
     * @param serial serial number, hexadecimal, lower case
     * @param device CN
     * @param der the certificate
     * @param expires its end
     * @param revoked when it was revoked
     */
    record IssuedCertificate(String serial, String device, byte[] der, Instant expires, Optional<Instant> revoked) {}

    /**
     * A signed release.
     *
     * @param line the model line
     * @param counter its counter in the line
     * @param title for people
     * @param payload digest of the payload: its identity in reports, failures and waves
     * @param envelope digest of the signed bytes, under which {@link #document} has them
     * @param file digest of its file
     * @param bytes length of its file
     * @param revoked whether the newest root revokes it
     */
    record Release(String line, long counter, String title, ContentDigest payload, ContentDigest envelope,
            ContentDigest file, long bytes, boolean revoked) {}

    /**
     * The newest signed word to an addressee.
     *
     * @param addressee {@code device/ID} or {@code group/ID}
     * @param version version of the fleet document in it
     * @param payload the wire form of {@code …/desired}, to be published retained as it is
     */
    record Desired(String addressee, long version, byte[] payload) {}

    /**
     * A signed notice that a device rolled a release back.
     *
     * @param device the device
     * @param release payload digest of the release
     * @param profile the device's profile
     * @param outcome outcome word
     * @param detail for people
     * @param at when it came
     */
    record Failure(String device, ContentDigest release, String profile, String outcome, String detail, Instant at) {}

    /**
     * A signed command.
     *
     * @param id its id
     * @param device whom it is for
     * @param op the operation
     * @param payload the signed envelope, to be published as it is until it is done
     * @param state {@code waiting} until the first answer, then {@code accepted}, {@code running}, {@code done},
     *        {@code failed}
     * @param detail the device's last words about it
     * @param at when it was given
     */
    record Command(String id, String device, String op, byte[] payload, String state, String detail, Instant at) {}

    /** Adds or replaces a device. */
    void saveDevice(Device device);

    Optional<Device> device(String id);

    /** All devices by id. */
    List<Device> devices();

    /** Says which token the newest claim of a device carries; an earlier one is void. */
    void saveClaim(String device, long counter, ContentDigest token);

    /**
     * Uses a claim's token for a key. One of several callers with different keys wins; the same key may come again, since
     * an answer can be lost.
     *
     * @param token SHA-256 of the token's text
     * @param key SHA-256 of the public key's X.509 encoding
     * @return whether it is the device's newest token and belongs to this key now
     */
    boolean useClaim(String device, ContentDigest token, ContentDigest key);

    void saveCertificate(IssuedCertificate certificate);

    /** A device's certificates, newest first. */
    List<IssuedCertificate> certificates(String device);

    /** Marks all certificates of a device that are not yet revoked. */
    void revokeCertificates(String device, Instant at);

    /** All revoked certificates. */
    List<IssuedCertificate> revokedCertificates();

    /** Keeps a document under the digest of its bytes; any hub then answers for it. */
    void saveDocument(ContentDigest digest, byte[] bytes);

    Optional<byte[]> document(ContentDigest digest);

    /** Adds a release, or replaces the one of the same line and counter. */
    void saveRelease(Release release);

    /** All releases by line and counter. */
    List<Release> releases();

    /** Keeps a root as it was signed; version n is kept once. */
    void saveRoot(long version, byte[] document);

    /** The newest root's version; 0 when there is none. */
    long rootVersion();

    /**
     * Replaces the word to an addressee.
     *
     * @return false, and nothing changed, unless the kept one has exactly the version {@code replaces} (0: none is kept)
     */
    boolean saveDesired(Desired desired, long replaces);

    Optional<Desired> desired(String addressee);

    /** All by addressee. */
    List<Desired> desired();

    /**
     * Replaces a rollout of its addressee.
     *
     * @return false, and nothing changed, unless the kept one has exactly the revision {@code replaces} (0: none is kept)
     */
    boolean saveRollout(Rollout rollout, long replaces);

    /** All rollouts by addressee. */
    List<Rollout> rollouts();

    /** What every device was last heard to say. */
    List<Sighting> sightings();

    /** Keeps a verified report that came without a broker; an older one than the kept is ignored. */
    void saveReport(Sighting sighting);

    void saveFailure(Failure failure);

    /** Failures of a release. */
    List<Failure> failures(ContentDigest release);

    void saveCommand(Command command);

    /** A device's commands, newest first. */
    List<Command> commands(String device);

    /** Names all groups that a device of this fleet is in. */
    default Set<String> groups() {
        var groups = new TreeSet<String>();
        devices().forEach(device -> groups.addAll(device.groups()));
        return groups;
    }

    @Override
    void close();
}
