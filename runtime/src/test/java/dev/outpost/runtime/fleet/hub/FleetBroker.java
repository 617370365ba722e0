package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.identity.Pem;
import dev.outpost.runtime.fleet.TopicsPage;
import dev.outpost.runtime.mqtt.Mosquitto;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A fleet's own Mosquitto: mutual TLS with certificates of its authority, the access list of the documentation. */
public final class FleetBroker implements AutoCloseable {

    private static final char[] NO_PASSWORD = new char[0];

    private final FleetDirectory directory;
    private final Mosquitto broker;

    /** @param fleet directory of a fleet that was founded */
    public FleetBroker(Path fleet, Path files) {
        this.directory = FleetDirectory.open(fleet);
        CertificateAuthority.open(directory).issueOwn("broker", List.of("localhost", "127.0.0.1"), true, Instant.now());
        Path ca = fleet.resolve("ca").toAbsolutePath();
        String site = directory.settings().site();
        this.broker = Mosquitto.mutualTls(files, new Mosquitto.Tls(ca.resolve("ca.pem"), ca.resolve("broker.pem"),
                ca.resolve("broker-key.pem"), Optional.empty()), TopicsPage.acl(site), TopicsPage.enrolmentAcl(site));
    }

    /** A fleet and its broker in one directory. */
    static FleetBroker found(Path directory, String site) {
        Path fleet = directory.resolve("fleet");
        Founding.found(fleet, new FleetSettings(site, new TreeMap<>(), "", List.of(), 1, 1, ""),
                fleet.resolve("keys"), Optional.empty(), Instant.now());
        return new FleetBroker(fleet, directory.resolve("broker"));
    }

    public Mosquitto mosquitto() {
        return broker;
    }

    /** Where the fleet is. */
    public Path fleet() {
        return directory.path();
    }

    /** TLS of a client whose certificate the fleet issues here and now. */
    SSLContext client(String name) {
        CertificateAuthority.open(directory).issueOwn(name, List.of(name), false, Instant.now());
        return context(Optional.of(name));
    }

    /** TLS of a client without a certificate. */
    SSLContext stranger() {
        return context(Optional.empty());
    }

    @Override
    public void close() {
        broker.close();
    }

    private SSLContext context(Optional<String> name) {
        try {
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, NO_PASSWORD);
            trusted.setCertificateEntry("authority", chain("ca")[0]);
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            var own = KeyStore.getInstance("PKCS12");
            own.load(null, NO_PASSWORD);
            if (name.isPresent()) {
                byte[] key = Pem.read("PRIVATE KEY", text(name.get() + "-key.pem").getBytes(StandardCharsets.US_ASCII))
                        .getFirst();
                own.setKeyEntry("own", KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(key)),
                        NO_PASSWORD, chain(name.get()));
            }
            var keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, NO_PASSWORD);
            var context = SSLContext.getInstance("TLSv1.3");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Certificate[] chain(String name) throws GeneralSecurityException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(text(name + ".pem").getBytes(StandardCharsets.US_ASCII)))
                .toArray(Certificate[]::new);
    }

    private String text(String file) {
        try {
            return Files.readString(directory.path().resolve("ca").resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
