package dev.outpost.runtime.http.blocks;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** EST (RFC 7030) as far as devices need it: simpleenroll, simplereenroll, cacerts. */
final class EstRoutes {
    private static final String ROOT = "/.well-known/est/";
    private static final int MOST_BODY = 24 << 10;
    private static final int MOST_REQUEST = 16 << 10;

    private final Enrolment authority;

    EstRoutes(Enrolment authority) {
        this.authority = authority;
    }

    void register(HttpRouting.Builder routing) {
        routing.get(ROOT + "cacerts", (request, response) -> certificates(response, authority.authorities()));
        routing.post(ROOT + "simpleenroll", (request, response) -> enrol(request, response, false));
        routing.post(ROOT + "simplereenroll", (request, response) -> enrol(request, response, true));
    }

    private void enrol(ServerRequest request, ServerResponse response, boolean renewal) {
        try {
            var body = request.content().inputStream().readNBytes(MOST_BODY + 1);
            if (body.length > MOST_BODY) {
                refuse(response, Status.REQUEST_ENTITY_TOO_LARGE_413, "request is too long: limit=" + MOST_BODY);
                return;
            }
            var der = Base64.getMimeDecoder().decode(body);
            if (der.length == 0 || der.length > MOST_REQUEST) {
                refuse(response, Status.BAD_REQUEST_400, "not a certificate request in base64: bytes=" + der.length);
                return;
            }
            certificates(response, authority.enrol(der, renewal, client(request)));
        } catch (EnrolmentRefusedException e) {
            refuse(response, Status.FORBIDDEN_403, e.getMessage());
        } catch (IllegalArgumentException | IOException e) {
            refuse(response, Status.BAD_REQUEST_400, "not a certificate request in base64");
        }
    }

    private static Optional<X509Certificate> client(ServerRequest request) {
        return request.remotePeer().tlsCertificates().filter(chain -> chain.length > 0).map(chain -> chain[0])
                .filter(X509Certificate.class::isInstance).map(X509Certificate.class::cast);
    }

    private static void certificates(ServerResponse response, List<X509Certificate> chain) {
        try {
            byte[] bag = CertificateFactory.getInstance("X.509").generateCertPath(chain).getEncoded("PKCS7");
            response.header(HeaderNames.CONTENT_TYPE, "application/pkcs7-mime; smime-type=certs-only");
            response.header(HeaderNames.create("Content-Transfer-Encoding"), "base64");
            response.send(Base64.getMimeEncoder().encode(bag));
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("an issued certificate has no encoding", e);
        } catch (CertificateException e) {
            throw new IllegalStateException("every JDK reads X.509", e);
        }
    }

    private static void refuse(ServerResponse response, Status status, String why) {
        response.header(HeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.status(status).send(why.getBytes(StandardCharsets.UTF_8));
    }
}
