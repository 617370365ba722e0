package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.manifest.Role;
import dev.outpost.runtime.Programs;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What brokers are made of reads what we wrote: OpenSSL verifies certificates, lists and keys. */
class OpensslTest {

    @TempDir
    Path home;

    private FleetRig fleet;
    private Path openssl;

    /** What a run printed, and its status. */
    private record Result(int status, String output) {}

    @BeforeEach
    void found() {
        openssl = Programs.find("openssl", "openssl", "/usr/bin");
        fleet = new FleetRig(home);
        fleet.now = Instant.now();
    }

    @AfterEach
    void close() {
        if (fleet != null) {
            fleet.close();
        }
    }

    @Test
    void verifiesADevicesCertificateUntilItIsRevoked() throws IOException, InterruptedException {
        Founding.found(home.resolve("now"), fleet.directory.settings(), home.resolve("now-keys"), Optional.empty(),
                fleet.now);
        var directory = FleetDirectory.open(home.resolve("now"));
        Path chain = home.resolve("box-1.pem");
        try (var database = FleetDatabase.open(directory.database())) {
            database.devices().register(FleetRig.SITE, "box-1", "x86", Set.of());
            database.claims().add("box-1", 1, "token", fleet.now);
            var device = fleet.device("box-1");
            var desk = new EnrolmentDesk(CertificateAuthority.open(directory), FleetRig.SITE, database,
                    InstantSource.fixed(fleet.now));
            CertificateAnswer answer = desk.answer(device.request("token").der(), Optional.empty());
            Files.writeString(chain, CertificateAuthority.text(answer.chain()));
            String[] verify = {"verify", "-x509_strict", "-purpose", "sslclient", "-crl_check", "-CAfile",
                    directory.authorityCertificate().toString(), "-CRLfile",
                    directory.path().resolve("ca/revoked.crl").toString(), chain.toString()};
            Result good = run(verify);
            assertEquals(0, good.status(), good.output());
            Result server = run("verify", "-purpose", "sslserver", "-CAfile",
                    directory.authorityCertificate().toString(), chain.toString());
            assertNotEquals(0, server.status(), "a device's certificate is no server's");
            new Revocation(directory, database).revoke("box-1", fleet.now);
            Result revoked = run(verify);
            assertNotEquals(0, revoked.status());
            assertTrue(revoked.output().contains("revoked"), revoked.output());
        }
    }

    @Test
    void verifiesTheBrokersCertificateForItsHost() throws IOException, InterruptedException {
        Path ca = fleet.directory.authorityCertificate();
        CertificateAuthority.open(fleet.directory).issueOwn("broker", List.of("broker.example", "192.0.2.7"), true,
                Instant.now());
        for (String[] host : new String[][]{{"-verify_hostname", "broker.example"}, {"-verify_ip", "192.0.2.7"}}) {
            Result result = run("verify", "-x509_strict", "-purpose", "sslserver", host[0], host[1], "-CAfile",
                    ca.toString(), ca.resolveSibling("broker.pem").toString());
            assertEquals(0, result.status(), result.output());
        }
        Result other = run("verify", "-purpose", "sslserver", "-verify_hostname", "evil.example", "-CAfile",
                ca.toString(), ca.resolveSibling("broker.pem").toString());
        assertNotEquals(0, other.status());
    }

    @Test
    void readsKeysLockedAndOpen() throws IOException, InterruptedException {
        Result open = run("pkey", "-in", fleet.directory.keys().resolve("fleet.pem").toString(), "-noout", "-text");
        assertEquals(0, open.status(), open.output());
        assertTrue(open.output().contains("ED25519"), open.output());
        FleetKeys.make(home.resolve("locked"), "fleet", Role.FLEET,
                Optional.of("correct horse".toCharArray()));
        Path locked = home.resolve("locked/fleet.pem");
        Result right = run("pkey", "-in", locked.toString(), "-noout", "-passin", "pass:correct horse");
        assertEquals(0, right.status(), right.output());
        Result wrong = run("pkey", "-in", locked.toString(), "-noout", "-passin", "pass:wrong");
        assertNotEquals(0, wrong.status());
    }

    private Result run(String... arguments) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(openssl.toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
