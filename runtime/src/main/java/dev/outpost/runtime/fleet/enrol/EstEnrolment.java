package dev.outpost.runtime.fleet.enrol;

import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.EnrolmentChannel;
import dev.outpost.provisioning.identity.EnrolmentFailedException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Enrols over HTTPS as RFC 7030 says (EST): the request as base64 PKCS#10 to {@code simpleenroll} or, with the device's
 * certificate, {@code simplereenroll}; the answer is a certs-only PKCS#7. No redirects are followed.
 */
public final class EstEnrolment implements EnrolmentChannel {
    private static final String PATH = "/.well-known/est/";
    private static final int MOST_BYTES = 64 << 10;

    private final URI base;
    private final Supplier<SSLContext> tls;
    private final Supplier<Boolean> renewal;
    private final Duration deadline;

    /**
     * @param url the authority's address; the path of RFC 7030 is added where it is missing
     * @param tls asked for each enrolment
     * @param renewal whether the connection presents the device's certificate
     */
    public EstEnrolment(String url, Supplier<SSLContext> tls, Supplier<Boolean> renewal, Duration deadline) {
        String stripped = url.replaceFirst("/+$", "");
        this.base = URI.create(stripped.contains(PATH.substring(0, PATH.length() - 1))
                ? stripped + "/"
                : stripped + PATH);
        this.tls = tls;
        this.renewal = renewal;
        this.deadline = deadline;
    }

    @Override
    public String name() {
        return "est";
    }

    @Override
    public List<X509Certificate> enrol(CertificateRequest request) throws EnrolmentFailedException {
        var parameters = new SSLParameters();
        parameters.setProtocols(new String[]{"TLSv1.3"});
        try (var client = HttpClient.newBuilder().sslContext(tls.get()).sslParameters(parameters)
                .connectTimeout(deadline).version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).build()) {
            String body = Base64.getMimeEncoder(64, new byte[]{'\r', '\n'}).encodeToString(request.der());
            HttpRequest post = HttpRequest.newBuilder(base.resolve(renewal.get() ? "simplereenroll" : "simpleenroll"))
                    .timeout(deadline).header("Content-Type", "application/pkcs10")
                    .header("Content-Transfer-Encoding", "base64")
                    .POST(HttpRequest.BodyPublishers.ofString(body)).build();
            HttpResponse<InputStream> response = client.send(post, HttpResponse.BodyHandlers.ofInputStream());
            return chain(request, response);
        } catch (IOException e) {
            throw new EnrolmentFailedException(false, "enrolment server cannot be reached: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnrolmentFailedException(false, "interrupted", e);
        }
    }

    private static List<X509Certificate> chain(CertificateRequest request, HttpResponse<InputStream> response)
            throws IOException, EnrolmentFailedException {
        byte[] body;
        try (InputStream in = response.body()) {
            body = in.readNBytes(MOST_BYTES);
        }
        if (response.statusCode() != 200) {
            boolean refused = response.statusCode() >= 400 && response.statusCode() < 500;
            throw new EnrolmentFailedException(refused, "enrolment server answered: status=" + response.statusCode(),
                    null);
        }
        try {
            byte[] der = Base64.getMimeDecoder().decode(new String(body, StandardCharsets.US_ASCII));
            var found = CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(der));
            return ordered(request, List.copyOf(found));
        } catch (IllegalArgumentException | CertificateException e) {
            throw new EnrolmentFailedException(false, "enrolment server's answer is no PKCS#7 of certificates", e);
        }
    }

    /** A PKCS#7 is a set: the device's certificate is the one that issued no other, each next one its issuer. */
    private static List<X509Certificate> ordered(CertificateRequest request, List<? extends Certificate> found)
            throws EnrolmentFailedException {
        var left = new ArrayList<X509Certificate>();
        found.forEach(each -> left.add((X509Certificate) each));
        var chain = new ArrayList<X509Certificate>();
        left.stream().filter(each -> each.getBasicConstraints() < 0).findFirst().ifPresent(own -> {
            chain.add(own);
            left.remove(own);
        });
        while (!chain.isEmpty()) {
            var last = chain.getLast();
            var issuer = left.stream().filter(each -> each.getSubjectX500Principal()
                    .equals(last.getIssuerX500Principal())).findFirst();
            if (issuer.isEmpty()) {
                return chain;
            }
            chain.add(issuer.get());
            left.remove(issuer.get());
        }
        throw new EnrolmentFailedException(false, "enrolment server's answer holds no device certificate: request="
                + request.digest().brief(), null);
    }
}
