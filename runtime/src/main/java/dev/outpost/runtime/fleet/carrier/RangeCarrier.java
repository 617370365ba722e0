package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/**
 * Blocks and documents by HTTP(S) byte ranges from {@code BASE/blocks/HEX} and {@code BASE/documents/HEX}, as the hub or
 * any static server gives them. Contiguous blocks are one request. A 200 in place of a 206, another range, an encoded body,
 * a changed or weak entity tag, a redirect off the listed hosts: the server is refused. Several bases are tried in order;
 * the one that worked last comes first. One thread.
 */
public final class RangeCarrier implements Carrier, AutoCloseable {
    private final List<URI> bases;
    private final Supplier<SSLContext> tls;
    private final RangeCarrierSettings settings;
    private Optional<RangeClient> client = Optional.empty();
    private Optional<SSLContext> context = Optional.empty();
    private int first;

    private interface Fetch<T> {
        T from(RangeClient client, URI base) throws IOException, InterruptedException;
    }

    /**
     * @param bases signed addresses, in order of preference
     * @param tls asked before each fetch from an {@code https} base, so that a rotated certificate is used by the next
     */
    public RangeCarrier(List<URI> bases, Supplier<SSLContext> tls, RangeCarrierSettings settings) {
        this.bases = List.copyOf(bases);
        this.tls = tls;
        this.settings = settings;
    }

    @Override
    public String name() {
        return "http";
    }

    @Override
    public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
        if (bytes < 0 || bytes > BlockList.MAX_ENCODED_BYTES) {
            throw new CarrierFailedException("document is too long: bytes=" + bytes, null);
        }
        return Fetched.document(fetch((from, base) -> from.document(base, digest, bytes)), digest);
    }

    @Override
    public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
        var wanted = new RemainingBlocks(order, sink);
        fetch((from, base) -> from.blocks(base, wanted.order(), wanted));
    }

    @Override
    public void close() {
        client.ifPresent(RangeClient::close);
        client = Optional.empty();
    }

    private <T> T fetch(Fetch<T> fetch) throws CarrierFailedException {
        var last = new IOException("no address");
        for (int i = 0; i < bases.size(); i++) {
            int index = (first + i) % bases.size();
            var base = bases.get(index);
            try {
                T fetched = fetch.from(client(base), base);
                first = index;
                return fetched;
            } catch (IOException e) {
                last = e;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CarrierFailedException("interrupted", e);
            }
        }
        throw new CarrierFailedException(String.valueOf(last.getMessage()), last);
    }

    private RangeClient client(URI base) {
        var now = "https".equalsIgnoreCase(base.getScheme()) ? Optional.of(tls.get()) : context;
        if (client.isEmpty() || now.isPresent() && !now.equals(context)) {
            close();
            context = now;
            client = Optional.of(new RangeClient(context, settings));
        }
        return client.get();
    }
}
