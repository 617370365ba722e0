package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.runtime.fleet.enrol.DeviceIdentity;
import dev.outpost.runtime.fleet.enrol.Enrolment;
import dev.outpost.runtime.fleet.enrol.EstEnrolment;
import dev.outpost.runtime.fleet.enrol.KeyPlace;
import dev.outpost.runtime.fleet.enrol.TlsMaterial;
import dev.outpost.runtime.fleet.wire.SignedReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A PKCS#11 token in software, SoftHSM, with a key made in it by its own tools; and a device whose key lives there. The
 * device is a process of its own, since the token finds its place by an environment variable.
 */
final class SoftToken {

    private static final String PIN = "123456";
    private static final String ALIAS = "outpost";
    private static final List<Path> LIBRARIES = List.of(Path.of("/usr/lib/softhsm/libsofthsm2.so"),
            Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
            Path.of("/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so"));

    private final Path directory;
    private final Path configuration;

    private SoftToken(Path directory) throws IOException {
        this.directory = Files.createDirectories(directory);
        Path tokens = Files.createDirectories(directory.resolve("tokens"));
        Files.writeString(directory.resolve("softhsm2.conf"),
                "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
        this.configuration = Files.writeString(directory.resolve("provider.cfg"),
                "name = soft\nlibrary = " + library() + "\nslotListIndex = 0\n");
        Files.writeString(directory.resolve("pin"), PIN + "\n");
    }

    /** Makes a token and a key in it; skips the test where SoftHSM is not installed. */
    static SoftToken make(Path directory) throws IOException, InterruptedException {
        Path tool = Programs.find("softhsm2-util", "softhsm2", "/usr/bin");
        var token = new SoftToken(directory);
        token.run(List.of(tool.toString(), "--init-token", "--free", "--label", "outpost", "--pin", PIN, "--so-pin",
                PIN));
        token.run(List.of(java("keytool"), "-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-alias", ALIAS,
                "-dname", "CN=device", "-storetype", "PKCS11", "-keystore", "NONE", "-providerClass",
                "sun.security.pkcs11.SunPKCS11", "-providerArg", token.configuration.toString(), "-storepass", PIN));
        return token;
    }

    /**
     * Lets a device with its key in this token enrol, renew and sign.
     *
     * @return its signed report
     */
    byte[] enrol(Path claim, String url) throws IOException, InterruptedException {
        Path report = directory.resolve("report");
        run(List.of(java("java"), "-cp", System.getProperty("java.class.path"), SoftToken.class.getName(),
                directory.toString(), claim.toString(), url, report.toString()));
        return Files.readAllBytes(report);
    }

    /** The device. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        var storage = new DirectoryStorage(directory.resolve("state"));
        var place = new KeyPlace.InToken(directory.resolve("provider.cfg"), ALIAS, directory.resolve("pin"));
        DeviceIdentity identity = DeviceIdentity.open(storage, TrustState.open(storage, Release.BUILT),
                Optional.of(Files.readAllBytes(Path.of(arguments[1]))), "box-1", () -> place.open(storage))
                .orElseThrow();
        if (identity.key().privateKey().getEncoded() != null) {
            throw new IllegalStateException("the key can be read out of the token");
        }
        var floor = new AtomicReference<>(Instant.now());
        var tls = new TlsMaterial(identity.claim().pins(), floor::get);
        var est = new EstEnrolment(arguments[2], () -> tls.context(identity.current()),
                () -> identity.current().isPresent(), Duration.ofSeconds(20));
        var subject = new CertificateRequest.Subject(identity.claim().site(), "box-1", "serial-1", "pi");
        try (Enrolment enrolment = Enrolment.start(identity, new Enrolment.Settings(subject, List.of(est), pair -> true,
                floor::get, () -> false, change -> {
                    change.run();
                    return CompletableFuture.completedFuture(true);
                }, Duration.ofMillis(20), Duration.ofMillis(20), () -> {}))) {
            Programs.await(20, "certificate: " + enrolment.standing(), () -> identity.current().isPresent());
            X509Certificate before = identity.current().orElseThrow().certificate();
            floor.set(before.getNotAfter().toInstant().minus(Duration.ofDays(30)));
            enrolment.wake();
            Programs.await(20, "renewal over TLS with the token's key",
                    () -> !identity.current().orElseThrow().certificate().equals(before));
        }
        Files.write(Path.of(arguments[3]), SignedReport.sign(JsonObject.of(Map.of()).with("type", "test"),
                identity.current().orElseThrow()).encode());
    }

    private void run(List<String> command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(new ArrayList<>(command)).redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile());
        builder.environment().put("SOFTHSM2_CONF", directory.resolve("softhsm2.conf").toString());
        int status = builder.start().waitFor();
        assertEquals(0, status, () -> command.getFirst() + ": " + log());
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String java(String tool) {
        return System.getProperty("java.home") + "/bin/" + tool;
    }

    private static Path library() {
        return LIBRARIES.stream().filter(Files::exists).findFirst().orElseGet(() -> {
            Programs.missing("libsofthsm2.so (Debian's package softhsm2)");
            throw new IllegalStateException("an assumption always throws");
        });
    }
}
