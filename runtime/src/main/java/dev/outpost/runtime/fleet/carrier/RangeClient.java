package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.RateLimit;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;

/** Reads files by digest from servers that give byte ranges; believes nothing but the bytes asked for. One thread. */
final class RangeClient implements AutoCloseable {
    private static final int MOST_HOPS = 3;
    private static final long MOST_RANGE = 64 << 20;
    private static final int LEAST_RANGE = 16 << 10;
    private static final int MOST_TAGS = 256;
    /** Bytes a request and the head of its answer cost. */
    private static final int OVERHEAD = 500;

    private final RangeCarrierSettings settings;
    private final HttpClient client;
    /** Strong entity tags by address, so that a file cannot change between two ranges. */
    private final Map<URI, String> tags = new HashMap<>();

    RangeClient(Optional<SSLContext> tls, RangeCarrierSettings settings) {
        this.settings = settings;
        var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).connectTimeout(settings.connect());
        tls.ifPresent(builder::sslContext);
        this.client = builder.build();
    }

    /** A document of exactly {@code bytes} bytes. */
    byte[] document(URI base, ContentDigest digest, int bytes) throws IOException, InterruptedException {
        var response = open(base, address(base, "documents", digest), Map.of());
        try (var body = response.body()) {
            require(response.statusCode() == 200, "document is refused: status=" + response.statusCode());
            requireIdentity(response);
            var content = ByteBuffer.allocate(bytes);
            body.fill(content);
            require(!content.hasRemaining() && body.atEnd(), "document is of another length: expected=" + bytes);
            return content.array();
        }
    }

    /** Hands over blocks; false when the sink said stop. */
    boolean blocks(URI base, BlockOrder order, BlockSink sink) throws IOException, InterruptedException {
        var blocks = order.blocks();
        List<Integer> wanted = order.wanted();
        for (int from = 0; from < wanted.size();) {
            int to = from + 1;
            long start = blocks.offset(wanted.get(from));
            long most = mostRange(order.rate());
            while (to < wanted.size() && wanted.get(to) == wanted.get(to - 1) + 1
                    && blocks.offset(wanted.get(to)) + blocks.length(wanted.get(to)) - start <= most) {
                to++;
            }
            if (!range(base, order, wanted.subList(from, to), sink)) {
                return false;
            }
            from = to;
        }
        return true;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }

    /** Under a limit short ranges, each after its time: what is asked for comes as fast as it can. */
    private static long mostRange(RateLimit rate) {
        return rate.bytesPerSecond() == 0 ? MOST_RANGE : Math.max(LEAST_RANGE, rate.bytesPerSecond() / 8);
    }

    private boolean range(URI base, BlockOrder order, List<Integer> run, BlockSink sink)
            throws IOException, InterruptedException {
        var blocks = order.blocks();
        long to = blocks.offset(run.getLast()) + blocks.length(run.getLast());
        long at = blocks.offset(run.getFirst());
        long step = order.rate().bytesPerSecond() == 0 ? to - at : mostRange(order.rate());
        var content = ByteBuffer.allocate(BlockSizes.LIMIT);
        var pending = run.iterator();
        int block = pending.next();
        content.limit(blocks.length(block));
        while (at < to) {
            long end = Math.min(to, at + step);
            pause(order.rate().take(end - at + OVERHEAD));
            try (var body = part(base, order.file(), at, end, blocks.fileBytes())) {
                while (at < end) {
                    int before = content.position();
                    int limit = content.limit();
                    body.fill(content.limit((int) Math.min(limit, before + (end - at))));
                    require(content.position() == content.limit(), "range ends too early: position=" + at);
                    at += content.position() - before;
                    content.limit(limit);
                    if (!content.hasRemaining()) {
                        if (sink.block(block, content.flip()) == BlockSink.Verdict.STOP) {
                            return false;
                        }
                        content.clear();
                        if (pending.hasNext()) {
                            block = pending.next();
                            content.limit(blocks.length(block));
                        }
                    }
                }
                require(body.atEnd(), "range does not end: position=" + at);
            }
        }
        return true;
    }

    private BodyQueue part(URI base, ContentDigest file, long from, long to, long bytes)
            throws IOException, InterruptedException {
        var address = address(base, "blocks", file);
        var headers = new HashMap<String, String>();
        headers.put("Range", "bytes=" + from + "-" + (to - 1));
        var known = Optional.ofNullable(tags.get(address));
        known.ifPresent(tag -> headers.put("If-Range", tag));
        var response = open(base, address, headers);
        try {
            require(response.statusCode() != 200, "server gives the whole file instead of a range");
            require(response.statusCode() == 206, "range is refused: status=" + response.statusCode());
            requireIdentity(response);
            String expected = "bytes " + from + "-" + (to - 1) + "/" + bytes;
            String found = response.headers().firstValue("Content-Range").orElse("none");
            require(found.equals(expected), "range is another one: expected=" + expected + ", found=" + found);
            String tag = response.headers().firstValue("ETag").orElse("none");
            require(tag.startsWith("\"") && tag.endsWith("\""), "entity tag is not strong: found=" + tag);
            require(known.isEmpty() || known.get().equals(tag), "file has changed: expected=" + known.orElse("")
                    + ", found=" + tag);
            if (tags.size() >= MOST_TAGS) {
                tags.clear();
            }
            tags.put(address, tag);
            return response.body();
        } catch (IOException e) {
            tags.remove(address);
            response.body().close();
            throw e;
        }
    }

    private HttpResponse<BodyQueue> open(URI base, URI address, Map<String, String> headers)
            throws IOException, InterruptedException {
        var at = address;
        for (int hop = 0; hop <= MOST_HOPS; hop++) {
            var request = HttpRequest.newBuilder(at).GET().timeout(settings.answer())
                    .header("Accept-Encoding", "identity");
            headers.forEach(request::header);
            var response = client.send(request.build(), info -> new BodyQueue(settings));
            if (!Set.of(301, 302, 303, 307, 308).contains(response.statusCode())) {
                return response;
            }
            response.body().close();
            at = redirected(base, at, response.headers().firstValue("Location").orElse(""));
        }
        throw new IOException("too many redirects: limit=" + MOST_HOPS);
    }

    private URI redirected(URI base, URI from, String location) throws IOException {
        try {
            var to = from.resolve(URI.create(location));
            var allowed = new HashSet<>(settings.redirectHosts());
            allowed.add(base.getHost());
            require(to.getHost() != null && allowed.contains(to.getHost()),
                    "redirect leaves the signed hosts: host=" + to.getHost());
            require(base.getScheme().equalsIgnoreCase(String.valueOf(to.getScheme())),
                    "redirect changes the scheme: found=" + to.getScheme());
            return to;
        } catch (IllegalArgumentException e) {
            throw new IOException("redirect is malformed", e);
        }
    }

    private static void requireIdentity(HttpResponse<BodyQueue> response) throws IOException {
        String encoding = response.headers().firstValue("Content-Encoding").orElse("identity");
        require(encoding.toLowerCase(Locale.ROOT).equals("identity"), "body is encoded: found=" + encoding);
    }

    private static URI address(URI base, String kind, ContentDigest digest) {
        String root = base.toString();
        return URI.create((root.endsWith("/") ? root : root + "/") + kind + "/" + digest.hex());
    }

    private static void require(boolean holds, String otherwise) throws IOException {
        if (!holds) {
            throw new IOException(otherwise);
        }
    }

    private static void pause(Duration wait) throws InterruptedException {
        if (!wait.isZero()) {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
        }
    }
}
