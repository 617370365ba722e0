package dev.outpost.runtime.cli;

import dev.outpost.runtime.control.ControlHandler.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;

/**
 * Brings a file over HTTP to a place where it grows: a later try goes on where the last one ended, by {@code Range}. What
 * arrived is judged by its digest, by whoever takes the file over.
 */
final class Download {
    private static final int NOTHING_MORE = 416;
    private static final int TRIES = 5;
    private static final int MOST_REDIRECTS = 5;
    private static final Duration SILENCE = Duration.ofSeconds(30);
    private static final long RESERVE_BYTES = 64L << 20;
    private static final int BUFFER_BYTES = 1 << 20;

    private final URI from;
    private final Path to;
    private final Progress progress;
    private final Duration firstPause;

    /** @param firstPause wait after the first failure; it doubles */
    Download(URI from, Path to, Progress progress, Duration firstPause) {
        this.from = from;
        this.to = to;
        this.progress = progress;
        this.firstPause = firstPause;
    }

    /**
     * Runs until the file is there whole, or five tries in a row brought nothing.
     *
     * @throws CommandFailure when the server says no, the disk is too small or another process brings the same file
     */
    void run() throws IOException, InterruptedException {
        try (FileChannel file = FileChannel.open(to,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                FileLock _ = lock(file)) {
            int failures = 0;
            while (true) {
                long before = file.size();
                try {
                    fetch(file);
                    file.force(true);
                    return;
                } catch (IOException e) {
                    failures = file.size() > before ? 1 : failures + 1;
                    if (failures == TRIES) {
                        throw new CommandFailure(ExitStatus.RETRY, "download ended: bytes=" + file.size() + ", " + e,
                                "the same command goes on where it ended");
                    }
                    Thread.sleep(firstPause.multipliedBy(1L << failures - 1));
                }
            }
        }
    }

    private FileLock lock(FileChannel file) throws IOException {
        try {
            FileLock lock = file.tryLock();
            if (lock != null) {
                return lock;
            }
        } catch (OverlappingFileLockException ownProcess) {
            // said below
        }
        throw new CommandFailure(ExitStatus.UNAVAILABLE, "another process pulls the same file: path=" + to,
                "wait for it, or stop it");
    }

    private void fetch(FileChannel file) throws IOException {
        HttpURLConnection connection = connect(file.size());
        try {
            long start = switch (connection.getResponseCode()) {
                case HttpURLConnection.HTTP_PARTIAL -> file.size();
                case HttpURLConnection.HTTP_OK -> 0;
                case NOTHING_MORE -> file.size();
                default -> throw refused(connection.getResponseCode());
            };
            if (connection.getResponseCode() == NOTHING_MORE) {
                requireWhole(connection, file);
                return;
            }
            long total = connection.getContentLengthLong() < 0 ? 0 : start + connection.getContentLengthLong();
            requireRoom(total - start);
            file.truncate(start);
            copy(connection.getInputStream(), file, start, total);
        } finally {
            connection.disconnect();
        }
    }

    private void copy(InputStream in, FileChannel file, long start, long total) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        long at = start;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            var bytes = ByteBuffer.wrap(buffer, 0, read);
            while (bytes.hasRemaining()) {
                at += file.write(bytes, at);
            }
            progress.at("pulling", at, total);
        }
        if (total > 0 && at < total) {
            throw new IOException("connection ended early: expected=" + total + ", found=" + at);
        }
    }

    /** Redirects are followed here: the platform follows none from http to https. */
    private HttpURLConnection connect(long have) throws IOException {
        URI at = from;
        for (int hop = 0; hop <= MOST_REDIRECTS; hop++) {
            URL url = at.toURL();
            var connection = (HttpURLConnection) url.openConnection();
            connection.setInstanceFollowRedirects(false);
            connection.setConnectTimeout((int) SILENCE.toMillis());
            connection.setReadTimeout((int) SILENCE.toMillis());
            connection.setRequestProperty("Accept-Encoding", "identity");
            if (have > 0) {
                connection.setRequestProperty("Range", "bytes=" + have + "-");
            }
            int status = connection.getResponseCode();
            String location = connection.getHeaderField("Location");
            if (status < 300 || status >= 400 || location == null) {
                return connection;
            }
            connection.disconnect();
            at = redirected(at, location);
        }
        throw new CommandFailure(ExitStatus.UNAVAILABLE, "too many redirects: limit=" + MOST_REDIRECTS, "");
    }

    private static URI redirected(URI at, String location) {
        URI next = at.resolve(location);
        boolean safe = "https".equals(next.getScheme())
                || "http".equals(next.getScheme()) && !"https".equals(at.getScheme());
        if (!safe) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, "redirect to an address that is not https: scheme="
                    + next.getScheme(), "");
        }
        return next;
    }

    /** The file came whole before, or it is longer than the server's and begins again. */
    private static void requireWhole(HttpURLConnection connection, FileChannel file) throws IOException {
        long bytes = file.size();
        if (!("bytes */" + bytes).equals(connection.getHeaderField("Content-Range"))) {
            file.truncate(0);
            throw new IOException("server has less than what is here: bytes=" + bytes);
        }
    }

    private void requireRoom(long missing) throws IOException {
        long free = Files.getFileStore(to).getUsableSpace();
        if (missing > free - RESERVE_BYTES) {
            throw new CommandFailure(ExitStatus.UNAVAILABLE, "not enough disk space: neededBytes=" + missing
                    + ", freeBytes=" + free + ", reserveBytes=" + RESERVE_BYTES, "`outpost rm NAME` makes room");
        }
    }

    private CommandFailure refused(int status) {
        return new CommandFailure(ExitStatus.UNAVAILABLE, "server refuses: status=" + status + ", url=" + from,
                "check the address; it must answer without a login");
    }
}
