package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.EnrolmentChannel;
import dev.outpost.provisioning.identity.EnrolmentFailedException;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.BlockView;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.runtime.fleet.enrol.DeviceIdentity;
import dev.outpost.runtime.fleet.enrol.Enrolment;
import dev.outpost.runtime.fleet.enrol.EstEnrolment;
import dev.outpost.runtime.fleet.enrol.KeyPlace;
import dev.outpost.runtime.fleet.enrol.TlsMaterial;
import dev.outpost.runtime.fleet.enrol.UsbEnrolment;
import dev.outpost.runtime.fleet.hub.BundleReceipts;
import dev.outpost.runtime.fleet.hub.CertificateAuthority;
import dev.outpost.runtime.fleet.hub.EnrolmentDesk;
import dev.outpost.runtime.fleet.hub.HubTls;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import dev.outpost.runtime.fleet.wire.SignedReport;
import dev.outpost.runtime.http.blocks.BlockServer;
import dev.outpost.runtime.http.blocks.BlockServerSettings;
import dev.outpost.runtime.http.blocks.BlockServerSettings.Clients;
import dev.outpost.runtime.http.blocks.EnrolmentRefusedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How a device comes by its certificate: by HTTPS, by stick and with a token, real keys and TLS throughout. */
class FleetEnrolmentTest {

    private static final CertificateRequest.Subject SUBJECT = new CertificateRequest.Subject(TestSite.SITE, "box-1",
            "serial-1", "pi");

    @TempDir
    Path files;

    private final AtomicReference<Instant> floor = new AtomicReference<>(Instant.now());
    private final AtomicBoolean connects = new AtomicBoolean(true);
    private final AtomicBoolean stranded = new AtomicBoolean();
    private TestSite site;
    private Storage storage;
    private TrustState trust;
    private DeviceIdentity identity;

    @BeforeEach
    void claimADevice() throws IOException {
        site = new TestSite(files, "");
        storage = new DirectoryStorage(files.resolve("state"));
        trust = TrustState.open(storage, Release.BUILT);
        identity = open(new KeyPlace.InFile());
    }

    @AfterEach
    void closeSite() {
        site.close();
    }

    @Test
    void enrolsByHttpsWithTheServerThatTheClaimPins() throws Exception {
        try (BlockServer server = server()) {
            List<X509Certificate> chain = est(server, identity.claim().pins(), "localhost").enrol(request());
            assertEquals(identity.key().publicKey(), chain.getFirst().getPublicKey());
            assertEquals(CertificateAuthority.open(site.directory).certificate(), chain.getLast());
        }
    }

    @Test
    void renewsByHttpsWithTheCertificateInUse() throws Exception {
        try (BlockServer server = server();
                Enrolment first = enrolment(est(server, identity.claim().pins(), "localhost"))) {
            await(() -> identity.current().isPresent());
            X509Certificate before = identity.current().orElseThrow().certificate();
            floor.set(before.getNotAfter().toInstant().minus(Duration.ofDays(30)));
            first.wake();
            await(() -> !identity.current().orElseThrow().certificate().equals(before));
            assertEquals(before.getPublicKey(), identity.current().orElseThrow().certificate().getPublicKey());
        }
    }

    @Test
    void aServerThatTheClaimDoesNotPinGetsNoRequest() throws Exception {
        try (BlockServer server = server()) {
            var failure = assertThrows(EnrolmentFailedException.class,
                    () -> est(server, List.of("ab".repeat(32)), "localhost").enrol(request()));
            assertTrue(failure.getMessage().contains("pinned"), failure.getMessage());
        }
    }

    @Test
    void aServerWithAnotherNameGetsNoRequest() throws Exception {
        try (BlockServer server = server("127.0.0.2")) {
            var failure = assertThrows(EnrolmentFailedException.class,
                    () -> est(server, identity.claim().pins(), "127.0.0.2").enrol(request()));
            assertTrue(failure.getMessage().contains("127.0.0.2"), failure.getMessage());
        }
    }

    @Test
    void aServerWhoseCertificateExpiredByTheFloorIsRefusedAndAWrongClockIsNot() throws Exception {
        try (BlockServer server = server()) {
            floor.set(Instant.parse("1970-01-01T00:00:00Z"));
            assertFalse(est(server, identity.claim().pins(), "localhost").enrol(request()).isEmpty());
            floor.set(Instant.now().plus(Duration.ofDays(4_000)));
            assertThrows(EnrolmentFailedException.class,
                    () -> est(server, identity.claim().pins(), "localhost").enrol(request()));
        }
    }

    @Test
    void enrolsByAStickThatIsCarriedThereAndBack() throws Exception {
        Path stick = files.resolve("stick");
        for (String directory : List.of("receipts", "certificates")) {
            Files.createDirectories(stick.resolve("outpost-bundle").resolve(directory));
        }
        var channel = new UsbEnrolment(stick, "box-1", identity.key().publicKey(),
                () -> identity.current().map(CertificatePair::certificate));
        try (Enrolment enrolment = enrolment(channel)) {
            await(() -> Files.exists(stick.resolve("outpost-bundle/certificates/box-1.request")));
            assertTrue(identity.current().isEmpty());
            new BundleReceipts(site.directory, site.database, Instant.now()).read(stick);
            enrolment.wake();
            await(() -> identity.current().isPresent());
        }
        assertFalse(Files.exists(stick.resolve("outpost-bundle/certificates/box-1.request")), "answered");
    }

    @Test
    void aCertificateThatDoesNotConnectIsDroppedAndTheOldOneStays() throws Exception {
        try (Enrolment enrolment = enrolment(desk())) {
            await(() -> identity.current().isPresent());
            CertificatePair good = identity.current().orElseThrow();
            connects.set(false);
            stranded.set(true);
            enrolment.wake();
            await(() -> enrolment.standing().contains("dropped"));
            stranded.set(false);
            assertEquals(good, identity.current().orElseThrow());
            assertTrue(identity.candidate().isEmpty());
        }
        var found = open(new KeyPlace.InFile());
        assertEquals(identity.current().orElseThrow().chain(), found.current().orElseThrow().chain());
    }

    @Test
    void anAuthorityThatSaysNoIsNotAskedAgainSoon() throws Exception {
        var asked = new AtomicInteger();
        EnrolmentChannel refusing = channel("no", request -> {
            asked.incrementAndGet();
            throw new EnrolmentFailedException(true, "authority refused: unknown device", null);
        });
        try (Enrolment enrolment = enrolment(refusing)) {
            await(() -> enrolment.standing().contains("unknown device"));
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(300));
            assertEquals(1, asked.get());
        }
    }

    @Test
    void aKeyInATokenEnrolsRenewsSignsAndNeverLeavesIt() throws Exception {
        SoftToken token = SoftToken.make(files.resolve("token"));
        try (BlockServer server = server()) {
            byte[] report = token.enrol(site.claim("box-1"), "https://localhost:" + server.port());
            assertEquals(1, SignedReport.of(report).verified(identity.claim().pins(), TestSite.SITE, "box-1").members()
                    .size());
            assertEquals(2, site.database.certificates().of("box-1").size());
        }
    }

    @Test
    void theRequestOnTheWireIsTheOneThatWasSigned() {
        CertificateRequest request = request();
        assertArrayEquals(request.der(), new CertificateRequest(request.der()).der());
        assertEquals(ContentDigest.of(request.der()), request.digest());
    }

    private DeviceIdentity open(KeyPlace place) throws IOException {
        byte[] claim = Files.readAllBytes(site.claim("box-1"));
        return DeviceIdentity.open(storage, trust, Optional.of(claim), "box-1", () -> place.open(storage))
                .orElseThrow();
    }

    private CertificateRequest request() {
        return CertificateRequest.sign(identity.key(), SUBJECT, identity.claim().token());
    }

    private Enrolment enrolment(EnrolmentChannel channel) {
        return Enrolment.start(identity, new Enrolment.Settings(SUBJECT, List.of(channel), pair -> connects.get(),
                floor::get, stranded::get, change -> {
                    change.run();
                    return CompletableFuture.completedFuture(true);
                }, Duration.ofMillis(20), Duration.ofMillis(20), () -> {}));
    }

    private EstEnrolment est(BlockServer server, List<String> pins, String host) {
        var tls = new TlsMaterial(pins, floor::get);
        return new EstEnrolment("https://" + host + ":" + server.port() + "/", () -> tls.context(identity.current()),
                () -> identity.current().isPresent(), Duration.ofSeconds(10));
    }

    private EnrolmentChannel desk() {
        return channel("desk", request -> answered(request.der(), Optional.empty()));
    }

    private List<X509Certificate> answered(byte[] request, Optional<X509Certificate> client) {
        CertificateAnswer answer = new EnrolmentDesk(CertificateAuthority.open(site.directory), TestSite.SITE,
                site.database, InstantSource.system()).answer(request, client);
        return answer.chain();
    }

    private BlockServer server() {
        return server("127.0.0.1");
    }

    private BlockServer server(String address) {
        var tls = new HubTls(site.directory);
        tls.renewServer(Instant.now());
        var authority = CertificateAuthority.open(site.directory);
        return BlockServer.start(BlockServerSettings.plain(address, 0)
                .withTls(tls::server, Clients.MAY_HAVE_CERTIFICATE), new NoBlocks(),
                Optional.of(new dev.outpost.runtime.http.blocks.Enrolment() {
                    @Override
                    public List<X509Certificate> enrol(byte[] request, boolean renewal,
                            Optional<X509Certificate> client) throws EnrolmentRefusedException {
                        if (renewal != client.isPresent()) {
                            throw new EnrolmentRefusedException("renewal without certificate");
                        }
                        return answered(request, client);
                    }

                    @Override
                    public List<X509Certificate> authorities() {
                        return List.of(authority.certificate());
                    }
                }));
    }

    private interface Asking {
        List<X509Certificate> ask(CertificateRequest request) throws EnrolmentFailedException;
    }

    private static EnrolmentChannel channel(String name, Asking asking) {
        return new EnrolmentChannel() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public List<X509Certificate> enrol(CertificateRequest request) throws EnrolmentFailedException {
                return asking.ask(request);
            }
        };
    }

    private static final class NoBlocks implements BlockSourceBook {
        @Override
        public Optional<BlockView> file(ContentDigest digest) {
            return Optional.empty();
        }

        @Override
        public Optional<byte[]> document(ContentDigest digest) {
            return Optional.empty();
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < deadline, "condition did not come true within 20 s");
            LockSupport.parkNanos(5_000_000);
        }
    }
}
