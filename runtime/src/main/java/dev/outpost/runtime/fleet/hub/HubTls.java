package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.identity.Pem;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The hub's TLS: the fleet's authority is trusted, and its certificates lie in the fleet's directory. Any thread. */
public final class HubTls {

    private static final String SERVER = "hub-server";
    private static final Duration RENEW_BEFORE = Duration.ofDays(60);
    private static final char[] NO_PASSWORD = {};

    private final Path authority;
    private final FleetDirectory directory;

    public HubTls(FleetDirectory directory) {
        this.directory = directory;
        this.authority = directory.authorityCertificate();
    }

    /** A context for a connection to the broker, with the hub's client certificate where there is one. */
    public SSLContext client() {
        return context(Founding.HUB);
    }

    /** A context for the hub's own listener. */
    public SSLContext server() {
        return context(SERVER);
    }

    /**
     * Makes the listener's certificate if there is none, it ends soon, or it lacks a name of {@code fleet.json}.
     *
     * @return whether one was made
     */
    public boolean renewServer(Instant now) {
        var hosts = hosts();
        var present = chain(SERVER).stream().findFirst();
        boolean good = present.filter(certificate -> certificate.getNotAfter().toInstant()
                .isAfter(now.plus(RENEW_BEFORE))).filter(certificate -> names(certificate).containsAll(hosts))
                .isPresent();
        if (!good) {
            CertificateAuthority.open(directory).issueOwn(SERVER, List.copyOf(hosts), true, now);
        }
        return !good;
    }

    private LinkedHashSet<String> hosts() {
        var hosts = new LinkedHashSet<>(List.of("localhost", "127.0.0.1"));
        var urls = new ArrayList<>(directory.settings().rangeUrls());
        urls.add(directory.settings().enrolUrl());
        for (String url : urls) {
            Optional.ofNullable(URI.create(url).getHost()).map(host -> host.replaceAll("[\\[\\]]", ""))
                    .ifPresent(hosts::add);
        }
        return hosts;
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            return Optional.ofNullable(certificate.getSubjectAlternativeNames()).stream().flatMap(Collection::stream)
                    .map(name -> String.valueOf(name.get(1))).toList();
        } catch (GeneralSecurityException e) {
            return List.of();
        }
    }

    private SSLContext context(String name) {
        try {
            var context = SSLContext.getInstance("TLSv1.3");
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, NO_PASSWORD);
            for (var certificate : certificates(Files.readAllBytes(authority))) {
                trusted.setCertificateEntry("fleet", certificate);
            }
            var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            context.init(keys(name), trust.getTrustManagers(), new SecureRandom());
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new FleetException(FleetException.Reason.NO_KEY, "certificate cannot be used: file=" + authority
                    .resolveSibling(name + ".pem"), e);
        }
    }

    private KeyManager[] keys(String name) throws GeneralSecurityException, IOException {
        var chain = chain(name);
        if (chain.isEmpty()) {
            return new KeyManager[0];
        }
        byte[] pem = Files.readAllBytes(authority.resolveSibling(name + "-key.pem"));
        PrivateKey key = KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Pem.read("PRIVATE KEY", pem).getFirst()));
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        store.setKeyEntry(name, key, NO_PASSWORD, chain.toArray(Certificate[]::new));
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, NO_PASSWORD);
        return keys.getKeyManagers();
    }

    private List<X509Certificate> chain(String name) {
        Path file = authority.resolveSibling(name + ".pem");
        try {
            return Files.isRegularFile(file) ? certificates(Files.readAllBytes(file)) : List.of();
        } catch (GeneralSecurityException | IOException e) {
            throw new FleetException(FleetException.Reason.NO_KEY, "certificate cannot be read: file=" + file, e);
        }
    }

    private static List<X509Certificate> certificates(byte[] pem) throws GeneralSecurityException {
        var factory = CertificateFactory.getInstance("X.509");
        var certificates = new ArrayList<X509Certificate>();
        for (byte[] der : Pem.read("CERTIFICATE", pem)) {
            certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
        }
        return certificates;
    }
}
