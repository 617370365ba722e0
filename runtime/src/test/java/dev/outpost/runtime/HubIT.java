package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.identity.Pem;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hub of the packaged application: its drivers, its listener, its start and stop. */
class HubIT {

    private static final Pattern PORT = Pattern.compile("ready: site plant, .*https port (\\d+)");

    @TempDir
    Path directory;

    private Application application;
    private Path fleet;
    private Path log;

    @BeforeEach
    void foundAFleet() throws Exception {
        application = new Application(directory);
        fleet = directory.resolve("fleet");
        log = directory.resolve("hub.log");
        var founded = application.run("fleet", "init", fleet.toString(), "--site", "plant", "--broker",
                "mqtt://127.0.0.1:1", "--range", "https://localhost:9443/");
        assertEquals(0, founded.status(), founded.err());
    }

    @Test
    void servesByHttpsWithoutABrokerAndStopsInOrder() throws Exception {
        var hub = application.launch(log, List.of("fleet", "hub", "--dir", fleet.toString(), "--range-port", "0",
                "--range-host", "127.0.0.1"));
        try {
            Programs.await(60, "it is ready", () -> PORT.matcher(lines()).find() || !hub.isAlive());
            var ready = PORT.matcher(lines());
            assertTrue(ready.find(), lines());
            String base = "https://localhost:" + ready.group(1);
            byte[] root = Files.readAllBytes(fleet.resolve("root/1.json"));
            assertArrayEquals(root, get(base + "/documents/" + ContentDigest.of(root).hex()).body());
            assertEquals(404, get(base + "/documents/" + "0".repeat(64)).statusCode());
            assertEquals(200, get(base + "/.well-known/est/cacerts").statusCode());
        } finally {
            hub.destroy();
            assertTrue(hub.waitFor(60, TimeUnit.SECONDS), lines());
        }
        assertEquals(0, hub.exitValue(), lines());
    }

    @Test
    void aDevicesClassPathHasNoDriver() throws IOException {
        try (Stream<Path> jars = Files.list(directory.resolve("outpost/lib"))) {
            assertFalse(jars.anyMatch(jar -> jar.getFileName().toString().matches("(sqlite|postgresql).*")));
        }
        try (Stream<Path> jars = Files.list(directory.resolve("outpost/lib/fleet"))) {
            long bytes = jars.mapToLong(jar -> jar.toFile().length()).sum();
            assertTrue(bytes < 6 << 20, "natives of Linux alone: bytes=" + bytes);
        }
    }

    private String lines() {
        try {
            return Files.readString(log);
        } catch (IOException notYet) {
            return "";
        }
    }

    private HttpResponse<byte[]> get(String url) throws Exception {
        var trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, new char[0]);
        byte[] authority = Pem.read("CERTIFICATE", Files.readAllBytes(fleet.resolve("ca/ca.pem"))).getFirst();
        trusted.setCertificateEntry("fleet",
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(authority)));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        var tls = SSLContext.getInstance("TLSv1.3");
        tls.init(null, trust.getTrustManagers(), null);
        try (var client = HttpClient.newBuilder().sslContext(tls).build()) {
            return client.send(HttpRequest.newBuilder(URI.create(url)).build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        }
    }
}
