package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.BlockView;
import dev.outpost.provisioning.store.ContentDigest;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Files and documents that were asked for a moment ago, so that not every chunk opens them anew. One thread. */
final class OpenViews implements AutoCloseable {
    private static final long FRESH = Duration.ofSeconds(5).toNanos();
    private static final int DOCUMENTS = 4;

    private record Opened(BlockView view, long at) {}

    private record Read(byte[] bytes, long at) {}

    private final BlockSourceBook book;
    private final int most;
    private final Map<ContentDigest, Opened> files = new LinkedHashMap<>();
    private final Map<ContentDigest, Read> documents = new LinkedHashMap<>();

    OpenViews(BlockSourceBook book, int most) {
        this.book = book;
        this.most = most;
    }

    /** A file; stays open until another call. */
    Optional<BlockView> file(ContentDigest digest) {
        long now = System.nanoTime();
        expire(now);
        var open = files.get(digest);
        if (open == null) {
            var view = book.file(digest);
            view.ifPresent(found -> files.put(digest, new Opened(found, now)));
            return view;
        }
        return Optional.of(open.view());
    }

    Optional<byte[]> document(ContentDigest digest) {
        long now = System.nanoTime();
        documents.values().removeIf(read -> now - read.at() > FRESH);
        var read = documents.get(digest);
        if (read != null) {
            return Optional.of(read.bytes());
        }
        var bytes = book.document(digest);
        bytes.ifPresent(found -> {
            if (documents.size() >= DOCUMENTS) {
                documents.remove(documents.keySet().iterator().next());
            }
            documents.put(digest, new Read(found, now));
        });
        return bytes;
    }

    @Override
    public void close() {
        files.values().forEach(open -> open.view().close());
        files.clear();
        documents.clear();
    }

    /** Closes what is old, since a file that was arriving has more blocks by now, and the oldest beyond the bound. */
    private void expire(long now) {
        for (Iterator<Opened> each = files.values().iterator(); each.hasNext();) {
            var open = each.next();
            if (now - open.at() > FRESH || files.size() >= most) {
                open.view().close();
                each.remove();
            }
        }
    }
}
