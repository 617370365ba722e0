package dev.outpost.runtime.http.blocks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A self-signed certificate for loopback, made by the JDK's keytool, which both ends have and trust. */
public final class TestTls {
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final KeyStore store;

    /** @param directory for the key store */
    public TestTls(Path directory) {
        Path file = directory.resolve("tls.p12");
        var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        try {
            var process = new ProcessBuilder(List.of(keytool, "-genkeypair", "-alias", "own", "-keyalg", "EC",
                    "-groupname", "secp256r1", "-dname", "CN=box-1,O=plant", "-ext", "san=ip:127.0.0.1,dns:localhost",
                    "-validity", "30", "-storetype", "PKCS12", "-keystore", file.toString(), "-storepass",
                    new String(PASSWORD))).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IllegalStateException("keytool failed");
            }
            this.store = KeyStore.getInstance("PKCS12");
            try (var in = Files.newInputStream(file)) {
                store.load(in, PASSWORD);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Has the certificate and trusts it. */
    public SSLContext own() {
        return context(true);
    }

    /** Trusts it and has none. */
    public SSLContext stranger() {
        return context(false);
    }

    /** The certificate. */
    public java.security.cert.X509Certificate certificate() {
        try {
            return (java.security.cert.X509Certificate) store.getCertificate("own");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private SSLContext context(boolean withKey) {
        try {
            var trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, PASSWORD);
            trusted.setCertificateEntry("own", store.getCertificate("own"));
            var trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(trusted);
            var keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(store, PASSWORD);
            var context = SSLContext.getInstance("TLSv1.3");
            context.init(withKey ? keys.getKeyManagers() : null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
