package dev.outpost.runtime.http.blocks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.carrier.HugeFile;
import dev.outpost.runtime.fleet.carrier.PatternFile;
import dev.outpost.runtime.http.blocks.BlockServerSettings.Clients;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockServerTest {
    private static final PatternFile FILE = new PatternFile((2 << 20) + 5, 7);
    private static final String TAG = "\"sha256-" + FILE.digest().hex() + "\"";

    @TempDir
    Path directory;

    @Test
    void givesAFileWholeAndInRanges() throws IOException, InterruptedException {
        try (var server = BlockServer.start(plain(), FILE, Optional.empty()); var client = HttpClient.newHttpClient()) {
            var whole = get(client, server, file());
            assertEquals(200, whole.statusCode());
            assertEquals(FILE.digest(), ContentDigest.of(whole.body()));
            assertEquals(TAG, whole.headers().firstValue("ETag").orElseThrow());
            assertEquals("bytes", whole.headers().firstValue("Accept-Ranges").orElseThrow());
            assertTrue(whole.headers().firstValue("Content-Encoding").isEmpty());
            for (String range : List.of("1000000-1999999", "0-0", "2097156-", "-5", "2097156-99999999")) {
                var part = get(client, server, file(), "Range", "bytes=" + range, "Accept-Encoding", "gzip");
                assertEquals(206, part.statusCode(), range);
                String[] found = part.headers().firstValue("Content-Range").orElseThrow().split("[ /-]");
                int from = Integer.parseInt(found[1]);
                int to = Integer.parseInt(found[2]);
                assertEquals(Long.toString(FILE.bytes()), found[3]);
                assertArrayEquals(Arrays.copyOfRange(whole.body(), from, to + 1), part.body(), range);
            }
        }
    }

    @Test
    void givesNoRangeOfAnotherFileOrOfNone() throws IOException, InterruptedException {
        try (var server = BlockServer.start(plain(), FILE, Optional.empty()); var client = HttpClient.newHttpClient()) {
            assertEquals(206, get(client, server, file(), "Range", "bytes=0-9", "If-Range", TAG).statusCode());
            assertEquals(200, get(client, server, file(), "Range", "bytes=0-9", "If-Range", "\"old\"").statusCode());
            assertEquals(200, get(client, server, file(), "Range", "bytes=0-9,20-29").statusCode());
            assertEquals(200, get(client, server, file(), "Range", "lines=0-9").statusCode());
            assertEquals(200, get(client, server, file(), "Range", "bytes=9-0").statusCode());
            var past = get(client, server, file(), "Range", "bytes=99999999-");
            assertEquals(416, past.statusCode());
            assertEquals("bytes */" + FILE.bytes(), past.headers().firstValue("Content-Range").orElseThrow());
            assertEquals(404, get(client, server, "/blocks/" + "0".repeat(64)).statusCode());
            assertEquals(404, get(client, server, "/blocks/..%2F..%2Fetc%2Fpasswd").statusCode());
            assertEquals(404, get(client, server, "/documents/nonsense").statusCode());
            assertEquals(404, get(client, server, "/").statusCode());
        }
    }

    @Test
    void answersHeadAndNothingElse() throws IOException, InterruptedException {
        try (var server = BlockServer.start(plain(), FILE, Optional.empty()); var client = HttpClient.newHttpClient()) {
            var head = client.send(request(server, file()).method("HEAD", HttpRequest.BodyPublishers.noBody()).build(),
                    BodyHandlers.ofByteArray());
            assertEquals(200, head.statusCode());
            assertEquals(FILE.bytes(), head.headers().firstValueAsLong("Content-Length").orElseThrow());
            assertEquals(0, head.body().length);
            var put = client.send(request(server, file()).PUT(HttpRequest.BodyPublishers.ofString("x")).build(),
                    BodyHandlers.discarding());
            assertEquals(405, put.statusCode());
        }
    }

    @Test
    void givesDocuments() throws IOException, InterruptedException {
        byte[] list = FILE.blocks().encode();
        try (var server = BlockServer.start(plain(), FILE, Optional.empty()); var client = HttpClient.newHttpClient()) {
            var found = get(client, server, "/documents/" + ContentDigest.of(list).hex());
            assertArrayEquals(list, found.body());
        }
    }

    @Test
    void givesBytesBeyondFourGigabytes() throws IOException, InterruptedException {
        var huge = new HugeFile(5 << 10);
        long from = (4L << 30) + 123_456;
        try (var server = BlockServer.start(plain(), huge, Optional.empty());
                var client = HttpClient.newHttpClient()) {
            var part = get(client, server, file(), "Range", "bytes=" + from + "-" + (from + 7));
            assertEquals(206, part.statusCode());
            assertEquals("bytes " + from + "-" + (from + 7) + "/" + huge.blocks().fileBytes(),
                    part.headers().firstValue("Content-Range").orElseThrow());
            assertEquals(from, ByteBuffer.wrap(part.body()).getLong());
        }
    }

    @Test
    void wantsACertificateWhereItMust() throws IOException, InterruptedException {
        var tls = new TestTls(directory);
        var settings = plain().withTls(tls::own, Clients.MUST_HAVE_CERTIFICATE);
        try (var server = BlockServer.start(settings, FILE, Optional.empty());
                var known = HttpClient.newBuilder().sslContext(tls.own()).build();
                var stranger = HttpClient.newBuilder().sslContext(tls.stranger()).build()) {
            assertEquals(206, known.send(HttpRequest.newBuilder(https(server, file())).header("Range", "bytes=0-9")
                    .build(), BodyHandlers.ofByteArray()).statusCode());
            assertThrows(IOException.class, () -> stranger.send(HttpRequest.newBuilder(https(server, file())).build(),
                    BodyHandlers.ofByteArray()));
        }
    }

    @Test
    void carriesCertificateRequestsToTheAuthority() throws IOException, InterruptedException, CertificateException {
        var tls = new TestTls(directory);
        var settings = plain().withTls(tls::own, Clients.MAY_HAVE_CERTIFICATE);
        var authority = new Enrolment() {
            private String heard = "";

            @Override
            public List<X509Certificate> enrol(byte[] request, boolean renewal, Optional<X509Certificate> client)
                    throws EnrolmentRefusedException {
                heard = new String(request, StandardCharsets.US_ASCII) + " " + renewal + " " + client.isPresent();
                if (heard.startsWith("no")) {
                    throw new EnrolmentRefusedException("token was used before");
                }
                return List.of(tls.certificate());
            }

            @Override
            public List<X509Certificate> authorities() {
                return List.of(tls.certificate());
            }
        };
        try (var server = BlockServer.start(settings, FILE, Optional.of(authority));
                var known = HttpClient.newBuilder().sslContext(tls.own()).build();
                var stranger = HttpClient.newBuilder().sslContext(tls.stranger()).build()) {
            var first = post(stranger, server, "simpleenroll", base64("first"));
            assertEquals(200, first.statusCode());
            assertEquals("first false false", authority.heard);
            assertEquals("application/pkcs7-mime; smime-type=certs-only",
                    first.headers().firstValue("Content-Type").orElseThrow());
            assertEquals(List.of(tls.certificate()), certificates(first.body()));
            assertEquals(200, post(known, server, "simplereenroll", base64("again")).statusCode());
            assertEquals("again true true", authority.heard);
            var refused = post(stranger, server, "simpleenroll", base64("no"));
            assertEquals(403, refused.statusCode());
            assertEquals("token was used before", new String(refused.body(), StandardCharsets.UTF_8));
            assertEquals(400, post(stranger, server, "simpleenroll", "").statusCode());
            assertEquals(413, post(stranger, server, "simpleenroll", "A".repeat(30_000)).statusCode());
            var roots = known.send(HttpRequest.newBuilder(https(server, "/.well-known/est/cacerts")).build(),
                    BodyHandlers.ofByteArray());
            assertEquals(List.of(tls.certificate()), certificates(roots.body()));
        }
    }

    /** A client that never shakes hands loses its place, and those who do have theirs, more often than there are places. */
    @Test
    void endsConnectionsThatNeverShakeHands() throws IOException, InterruptedException {
        var tls = new TestTls(directory);
        var quick = plain().withTls(tls::own, Clients.ANY).withBounds(2, Duration.ofMillis(700), Duration.ofSeconds(5));
        try (var server = BlockServer.start(quick, FILE, Optional.empty());
                var client = HttpClient.newBuilder().sslContext(tls.own()).build()) {
            for (int round = 0; round < 3; round++) {
                try (var first = new Socket("127.0.0.1", server.port());
                        var second = new Socket("127.0.0.1", server.port())) {
                    first.setSoTimeout(20_000);
                    second.setSoTimeout(20_000);
                    assertEquals(-1, endOf(first));
                    assertEquals(-1, endOf(second));
                }
                assertEquals(200, client.send(HttpRequest.newBuilder(https(server, file())).build(),
                        BodyHandlers.discarding()).statusCode());
            }
        }
    }

    /** Neither a client that says nothing nor one that does not read keeps a connection. */
    @Test
    void endsConnectionsThatStandStill() throws IOException {
        var quick = plain().withBounds(4, Duration.ofMillis(400), Duration.ofMillis(400));
        try (var server = BlockServer.start(quick, FILE, Optional.empty());
                var silent = new Socket("127.0.0.1", server.port());
                var slow = new Socket()) {
            slow.setReceiveBufferSize(4 << 10);
            slow.connect(silent.getRemoteSocketAddress());
            for (int i = 0; i < 40; i++) {
                slow.getOutputStream().write(("GET " + file() + " HTTP/1.1\r\nHost: a\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
            }
            for (var socket : List.of(silent, slow)) {
                socket.setSoTimeout(20_000);
            }
            assertEquals(-1, endOf(silent));
            assertTrue(readLate(slow) < 40 * FILE.bytes());
        }
    }

    @Test
    void saysThatAPortIsTaken() {
        try (var server = BlockServer.start(plain(), FILE, Optional.empty())) {
            assertThrows(BlockServerException.class, () -> BlockServer
                    .start(BlockServerSettings.plain("127.0.0.1", server.port()), FILE, Optional.empty()));
        }
    }

    private static int endOf(Socket socket) throws IOException {
        int last = socket.getInputStream().read();
        while (last >= 0) {
            last = socket.getInputStream().read();
        }
        return last;
    }

    /** Reads nothing until the server must have had enough, then what is still there. */
    private static long readLate(Socket socket) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < Duration.ofSeconds(2).toNanos()) {
            LockSupport.parkNanos(50_000_000);
        }
        long bytes = 0;
        try {
            var buffer = new byte[64 << 10];
            for (int count; (count = socket.getInputStream().read(buffer)) >= 0;) {
                bytes += count;
            }
        } catch (IOException reset) {
            // The server has cut it.
        }
        return bytes;
    }

    private static List<X509Certificate> certificates(byte[] body) throws CertificateException {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Base64.getMimeDecoder().decode(body))).stream()
                .map(X509Certificate.class::cast).toList();
    }

    private static HttpResponse<byte[]> post(HttpClient client, BlockServer server, String path, String body)
            throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(https(server, "/.well-known/est/" + path))
                .header("Content-Type", "application/pkcs10").POST(HttpRequest.BodyPublishers.ofString(body)).build(),
                BodyHandlers.ofByteArray());
    }

    private static String base64(String text) {
        return Base64.getMimeEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static HttpResponse<byte[]> get(HttpClient client, BlockServer server, String path, String... headers)
            throws IOException, InterruptedException {
        var request = request(server, path);
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return client.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static HttpRequest.Builder request(BlockServer server, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
    }

    private static URI https(BlockServer server, String path) {
        return URI.create("https://127.0.0.1:" + server.port() + path);
    }

    private static String file() {
        return "/blocks/" + FILE.digest().hex();
    }

    private static BlockServerSettings plain() {
        return BlockServerSettings.plain("127.0.0.1", 0);
    }
}
