package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.Certificates;
import dev.outpost.provisioning.identity.ClaimFile;
import dev.outpost.provisioning.identity.FileKey;
import dev.outpost.provisioning.identity.Pem;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates and revocation lists, judged by the JDK's path validator. */
class CertificateAuthorityTest {

    @TempDir
    Path home;

    private FleetRig fleet;

    @BeforeEach
    void found() {
        fleet = new FleetRig(home);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void aClaimedDeviceGetsACertificateForItselfAlone() throws GeneralSecurityException {
        var device = fleet.device("box-1", "line-a");
        CertificateAnswer answer = ask(device, device.claim.token());
        X509Certificate issued = answer.chain().getFirst();
        assertEquals("CN=box-1,O=" + FleetRig.SITE, issued.getSubjectX500Principal().getName());
        assertEquals(List.of("1.3.6.1.5.5.7.3.2"), issued.getExtendedKeyUsage(), "client authentication and no more");
        assertEquals(-1, issued.getBasicConstraints());
        assertTrue(issued.getKeyUsage()[0]);
        assertFalse(issued.getKeyUsage()[5]);
        assertEquals("box-1", issued.getSubjectAlternativeNames().iterator().next().get(1));
        assertEquals(Duration.ofDays(300), Duration.between(fleet.now, issued.getNotAfter().toInstant()));
        assertEquals(127, issued.getSerialNumber().bitLength());
        requireValid(answer.chain(), false);
        var certificates = Certificates.open(device.disk, device.key);
        certificates.offer(answer.chain());
        certificates.proven();
        assertEquals(issued, certificates.current().map(CertificatePair::certificate).orElseThrow());
        assertTrue(fleet.database.devices().find("box-1").orElseThrow().enrolled().isPresent());
    }

    @Test
    void aLostAnswerIsGivenAgainToTheSameKey() {
        var device = fleet.device("box-1");
        ask(device, device.claim.token());
        CertificateAnswer again = ask(device, device.claim.token());
        assertTrue(again.refusal().isEmpty(), "another signature, the same key");
        var request = device.request(device.claim.token());
        CertificateAnswer first = desk().answer(request.der(), Optional.empty());
        CertificateAnswer second = desk().answer(request.der(), Optional.empty());
        assertEquals(first.chain().getFirst(), second.chain().getFirst(), "one request, one certificate");
    }

    @Test
    void aTokenWorksForOneKeyAndItsOwnDevice() {
        var device = fleet.device("box-1");
        ask(device, device.claim.token());
        var thief = fleet.device("box-2");
        assertTrue(ask(thief, device.claim.token()).refusal().isPresent(), "another device's token");
        var copied = fleet.new DeviceSide("box-3", Set.of());
        String token = copied.claim.token();
        ask(copied, token);
        var other = FileKey
                .openOrCreate(new DirectoryStorage(home.resolve("elsewhere")));
        var request = CertificateRequest.sign(other,
                new CertificateRequest.Subject(FleetRig.SITE, "box-3", "b", "x86"),
                token);
        assertTrue(desk().answer(request.der(), Optional.empty()).refusal().isPresent(), "another key");
    }

    @Test
    void aNewerClaimVoidsTheOneBefore() {
        var device = fleet.device("box-1");
        fleet.claim("box-1");
        assertTrue(ask(device, device.claim.token()).refusal().isPresent());
    }

    @Test
    void aCertifiedKeyRenewsWithoutATokenHoweverItsRequestComes() {
        var device = fleet.device("box-1");
        assertTrue(ask(device, "").refusal().isPresent(), "nothing was certified yet");
        ask(device, device.claim.token());
        fleet.now = fleet.now.plus(Duration.ofDays(400));
        CertificateAnswer renewed = ask(device, "");
        assertTrue(renewed.refusal().isEmpty(), "an expired certificate strands nobody");
        assertTrue(renewed.chain().getFirst().getNotAfter().toInstant().isAfter(fleet.now.plus(Duration.ofDays(299))));
    }

    @Test
    void anotherKeyRenewsOnTheConnectionOfTheCertifiedOneAlone() {
        var device = fleet.device("box-1");
        X509Certificate current = ask(device, device.claim.token()).chain().getFirst();
        var fresh = FileKey
                .openOrCreate(new DirectoryStorage(home.resolve("fresh")));
        var request = CertificateRequest.sign(fresh,
                new CertificateRequest.Subject(FleetRig.SITE, "box-1", "b", "x86"),
                "");
        assertTrue(desk().answer(request.der(), Optional.empty()).refusal().isPresent());
        var stranger = fleet.device("box-2");
        X509Certificate others = ask(stranger, stranger.claim.token()).chain().getFirst();
        assertTrue(desk().answer(request.der(), Optional.of(others)).refusal().isPresent(), "another's connection");
        assertTrue(desk().answer(request.der(), Optional.of(current)).refusal().isEmpty());
    }

    @Test
    void aRevokedDeviceGetsNothingAndIsOnTheList() throws GeneralSecurityException, IOException {
        var device = fleet.device("box-1");
        List<X509Certificate> chain = ask(device, device.claim.token()).chain();
        requireValid(chain, true);
        new Revocation(fleet.directory, fleet.database).revoke("box-1", fleet.later());
        assertTrue(list().isRevoked(chain.getFirst()));
        assertThrows(CertPathValidatorException.class, () -> requireValid(chain, true));
        assertTrue(ask(device, "").refusal().isPresent());
        byte[] claim = fleet.claim("box-1");
        var again = new ClaimFile(device.disk, device.trust).accept(claim, "box-1");
        CertificateAnswer readmitted = ask(device, again.token());
        assertTrue(readmitted.refusal().isEmpty(), "a new claim takes it in again");
        requireValid(readmitted.chain(), true);
    }

    @Test
    void anOutsidersRequestIsRefusedBeforeAnythingIsLookedUp() {
        var device = fleet.device("box-1");
        byte[] request = device.request(device.claim.token()).der();
        byte[] altered = request.clone();
        altered[altered.length - 5] ^= 1;
        assertEquals("request is not signed by the key it names",
                desk().answer(altered, Optional.empty()).refusal().orElseThrow());
        for (int length = 0; length < request.length; length += 7) {
            assertTrue(desk().answer(Arrays.copyOf(request, length), Optional.empty()).refusal().isPresent(),
                    "cut to " + length);
        }
        byte[] longer = Arrays.copyOf(request, request.length + 1);
        assertTrue(desk().answer(longer, Optional.empty()).refusal().isPresent());
        assertTrue(desk().answer(request, Optional.empty()).refusal().isEmpty());
    }

    @Test
    void noSingleChangedByteOfARequestIsAccepted() {
        var device = fleet.device("box-1");
        byte[] request = device.request(device.claim.token()).der();
        for (int i = 0; i < request.length; i++) {
            byte[] altered = request.clone();
            altered[i] ^= 0x55;
            assertTrue(desk().answer(altered, Optional.empty()).refusal().isPresent(), "byte " + i);
        }
    }

    @Test
    void aServersCertificateNamesItsHostsAndAddresses() throws GeneralSecurityException, IOException {
        X509Certificate issued = CertificateAuthority.open(fleet.directory).issueOwn("broker",
                List.of("broker.example", "192.0.2.7", "2001:db8::1"), true, fleet.now);
        var names = issued.getSubjectAlternativeNames().stream().map(name -> name.get(1).toString()).toList();
        assertEquals(List.of("broker.example", "192.0.2.7", "2001:db8:0:0:0:0:0:1"), names);
        assertTrue(issued.getExtendedKeyUsage().contains("1.3.6.1.5.5.7.3.1"));
        List<byte[]> chain = Pem.read("CERTIFICATE", Files.readAllBytes(home.resolve("fleet/ca/broker.pem")));
        assertArrayEquals(issued.getEncoded(), chain.getFirst());
        assertEquals(2, chain.size());
        requireValid(List.of(issued), true);
    }

    @Test
    void datesBeyond2050AreWrittenAsTheStandardWants() throws GeneralSecurityException {
        X509Certificate authority = CertificateAuthority.open(fleet.directory).certificate();
        assertTrue(authority.getNotAfter().toInstant().isAfter(Instant.parse("2055-01-01T00:00:00Z")));
        assertEquals(0, authority.getBasicConstraints());
        authority.verify(authority.getPublicKey());
    }

    private EnrolmentDesk desk() {
        return new EnrolmentDesk(CertificateAuthority.open(fleet.directory), FleetRig.SITE, fleet.database,
                InstantSource.fixed(fleet.now));
    }

    private CertificateAnswer ask(FleetRig.DeviceSide device, String token) {
        return desk().answer(device.request(token).der(), Optional.empty());
    }

    private X509CRL list() throws GeneralSecurityException, IOException {
        byte[] pem = Files.readAllBytes(home.resolve("fleet/ca/revoked.crl"));
        var list = (X509CRL) CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(Pem.read("X509 CRL", pem).getFirst()));
        list.verify(CertificateAuthority.open(fleet.directory).certificate().getPublicKey());
        assertFalse(new String(pem, StandardCharsets.US_ASCII).isBlank());
        return list;
    }

    private void requireValid(List<X509Certificate> chain, boolean revocation) throws GeneralSecurityException {
        var anchor = new TrustAnchor(CertificateAuthority.open(fleet.directory).certificate(), null);
        var parameters = new PKIXParameters(Set.of(anchor));
        parameters.setRevocationEnabled(revocation);
        parameters.setDate(Date.from(fleet.now.plusSeconds(1)));
        if (revocation) {
            try {
                parameters.addCertStore(
                        CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(list()))));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(chain.getFirst()));
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }
}
