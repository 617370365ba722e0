package dev.outpost.provisioning.identity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.storage.SimulatedDisk;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CertificatesTest {
    private static final Instant FROM = Instant.parse("2026-01-01T00:00:00Z");
    private static final Instant UNTIL = FROM.plus(Duration.ofDays(90));

    private final FileKey authority = FileKey.openOrCreate(new SimulatedDisk());
    private final SimulatedDisk disk = new SimulatedDisk();
    private final FileKey key = FileKey.openOrCreate(disk);

    @Test
    void theKeyIsMadeOnceAndReadBack() {
        assertEquals(key, FileKey.openOrCreate(disk));
        assertFalse(key.toString().contains("PrivateKey"));
    }

    @Test
    void aCandidateServesOnlyOnceProven() throws GeneralSecurityException {
        Certificates certificates = Certificates.open(disk, key);
        certificates.offer(List.of(certificate("first")));
        assertTrue(certificates.current().isEmpty());
        certificates.proven();
        certificates.offer(List.of(certificate("second")));
        assertEquals("CN=first", subject(Certificates.open(disk, key).current()));
        assertEquals("CN=second", subject(Certificates.open(disk, key).candidate()));
        certificates.proven();
        assertEquals("CN=second", subject(certificates.current()));
        assertEquals("CN=first", subject(certificates.last()));
    }

    @Test
    void aCandidateThatDoesNotConnectLeavesTheProvenOne() throws GeneralSecurityException {
        Certificates certificates = proven("first");
        certificates.offer(List.of(certificate("bad")));
        certificates.disproven();
        assertTrue(certificates.candidate().isEmpty());
        assertEquals("CN=first", subject(Certificates.open(disk, key).current()));
    }

    @Test
    void aDamagedCurrentPairFallsBackToTheLastGoodOne() throws GeneralSecurityException {
        Certificates certificates = proven("first");
        certificates.offer(List.of(certificate("second")));
        certificates.proven();
        disk.flipBit("identity/chain-2.pem", 40, 1);
        disk.flipBit("identity/chain-2.pem", 200, 1);
        assertEquals("CN=first", subject(Certificates.open(disk, key).current()));
    }

    @Test
    void refusesACertificateForAnotherKeyOrABrokenChain() throws GeneralSecurityException {
        FileKey other = FileKey.openOrCreate(new SimulatedDisk());
        Certificates certificates = Certificates.open(disk, key);
        X509Certificate foreign = TestCertificates.sign(authority, other.publicKey(), "box", FROM, UNTIL);
        X509Certificate stranger = TestCertificates.sign(other, other.publicKey(), "ca", FROM, UNTIL);
        for (List<X509Certificate> chain : List.of(List.of(foreign), List.of(certificate("box"), stranger),
                List.<X509Certificate>of())) {
            assertEquals(Refusal.CERTIFICATE_MISMATCH,
                    assertThrows(RefusedException.class, () -> certificates.offer(chain)).code());
        }
        assertTrue(certificates.candidate().isEmpty());
    }

    @Test
    void neverWithoutAProvenPairWhereverThePowerIsCut() throws GeneralSecurityException {
        X509Certificate first = certificate("first");
        X509Certificate second = certificate("second");
        int points = 0;
        for (int cut = 0;; cut++) {
            SimulatedDisk cutting = disk.afterKill();
            Certificates certificates = Certificates.open(cutting, key);
            certificates.offer(List.of(first));
            certificates.proven();
            boolean done = swap(cutting, certificates, cut, second);
            for (long seed = -1; seed < 6; seed++) {
                SimulatedDisk found = seed < 0 ? cutting.afterKill() : cutting.afterPowerCut(seed);
                String subject = subject(Certificates.open(found, FileKey.openOrCreate(found)).current());
                assertTrue(done ? subject.equals("CN=second") : subject.matches("CN=(first|second)"), subject);
                points++;
            }
            if (done) {
                break;
            }
        }
        assertTrue(points > 80, "points=" + points);
    }

    @Test
    void renewsAtOneThirdOfLifeLeftByTheTimeFloor() throws GeneralSecurityException {
        X509Certificate certificate = certificate("box");
        assertFalse(RenewalRule.due(certificate, FROM.plus(Duration.ofDays(59))));
        assertTrue(RenewalRule.due(certificate, FROM.plus(Duration.ofDays(60))));
        assertFalse(RenewalRule.due(certificate, Instant.EPOCH));
        assertTrue(RenewalRule.outlasts(certificate, Duration.ofDays(30)));
        assertFalse(RenewalRule.outlasts(certificate, Duration.ofDays(31)));
    }

    private static boolean swap(SimulatedDisk cutting, Certificates certificates, int cut, X509Certificate second) {
        cutting.cutPowerAfter(cut);
        try {
            certificates.offer(List.of(second));
            certificates.proven();
            return true;
        } catch (SimulatedDisk.PowerCut expected) {
            return false;
        }
    }

    private Certificates proven(String name) throws GeneralSecurityException {
        Certificates certificates = Certificates.open(disk, key);
        certificates.offer(List.of(certificate(name)));
        certificates.proven();
        return certificates;
    }

    private X509Certificate certificate(String name) throws GeneralSecurityException {
        return TestCertificates.sign(authority, key.publicKey(), name, FROM, UNTIL);
    }

    private static String subject(Optional<CertificatePair> pair) {
        return pair.orElseThrow().certificate().getSubjectX500Principal().getName();
    }
}
