package dev.outpost.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verbs of the store over a real directory that nobody serves from. */
class StateVerbsTest {

    private static final String STATE = ".local/state/outpost";

    @TempDir
    Path root;
    private CommandRun command;
    private Path file;
    private byte[] bytes;
    private ContentDigest digest;
    private HttpServer server;
    private final List<String> ranges = new CopyOnWriteArrayList<>();
    private volatile int cutAt = Integer.MAX_VALUE;

    @BeforeEach
    void aFile() throws IOException {
        command = new CommandRun(root);
        file = TinyModel.of("llama", QuantType.Q8_0).write(root.resolve("Tiny Model.gguf"));
        bytes = Files.readAllBytes(file);
        digest = ContentDigest.of(bytes);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/models/", this::answer);
        server.createContext("/moved/", exchange -> {
            exchange.getResponseHeaders().add("Location", "/models/tiny.gguf");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void importsUnderTheFilesNameAndListsIt() {
        assertEquals(0, command.run("import", file.toString()), command.err);
        assertTrue(
                command.out.startsWith("imported: tiny-model.gguf ") || command.out.startsWith("imported: tiny-model "),
                command.out);
        assertEquals(0, command.run("list"), command.err);
        assertEquals(2, command.out.lines().count(), command.out);
        assertTrue(command.out.contains(digest.brief()) && command.out.contains("operator"), command.out);
        assertFalse(command.out.contains("active"), command.out);
    }

    @Test
    void activatesAndSaysSo() {
        assertEquals(0, command.run("import", file.toString(), "--name", "mine", "--activate"), command.err);
        assertTrue(command.out.strip().endsWith("active"), command.out);
        command.run("status", "--json");
        assertTrue(command.out.contains("\"active\":true") && command.out.contains("\"state\":\"idle\""), command.out);
        command.run("status");
        assertTrue(command.out.contains("update:\n  state: idle\n"), command.out);
    }

    @Test
    void aFileThatIsNoModelIsStoredButNotActivated() throws IOException {
        Path text = Files.writeString(root.resolve("notes.txt"), "no model at all");
        assertEquals(65, command.run("import", text.toString(), "--activate"));
        assertTrue(command.err.contains("model is stored, but cannot be used here"), command.err);
        assertEquals(2, command.err.lines().count(), command.err);
        command.run("list");
        assertFalse(command.out.contains("active"), command.out);
    }

    @Test
    void removesWhatNothingNeedsAndKeepsTheActiveModel() {
        command.run("import", file.toString(), "--name", "mine", "--activate");
        assertEquals(65, command.run("rm", "mine"));
        assertTrue(command.err.contains("model is the active one: name=mine"), command.err);
        Path other = TinyModel.of("llama", QuantType.Q8_0).withSeed(5).write(root.resolve("other.gguf"));
        command.run("import", other.toString());
        assertEquals(0, command.run("rm", "other"), command.err);
        assertTrue(command.out.startsWith("removed: other, "), command.out);
        assertEquals(66, command.run("rm", "other"));
        command.run("list", "--json");
        assertEquals(1, command.out.split("\"digest\"").length - 1, command.out);
    }

    @Test
    void anEmptyStoreSaysHowToFillIt() {
        assertEquals(0, command.run("list"));
        assertTrue(command.out.contains("outpost import FILE"), command.out);
    }

    @Test
    void pullsByDigestThroughARedirect() throws IOException {
        assertEquals(0, command.run("pull", url("/moved/tiny.gguf"), "--sha256", digest.hex(), "--name", "pulled",
                "--activate"), command.err);
        assertTrue(command.out.startsWith("pulled: pulled "), command.out);
        assertArrayEquals(bytes, Files.readAllBytes(root.resolve(STATE + "/models/blobs/" + digest)));
        assertFalse(Files.exists(root.resolve(STATE + "/staging/" + digest.hex() + ".pull")));
    }

    @Test
    void goesOnWhereACutPullEnded() throws IOException {
        cutAt = bytes.length / 3;
        assertEquals(0, command.run("pull", url("/models/tiny.gguf"), "--sha256", digest.hex()), command.err);
        assertEquals("", ranges.getFirst());
        assertEquals("bytes=" + cutAt + "-", ranges.get(1));
        assertTrue(ranges.size() >= 3, ranges.toString());
        assertArrayEquals(bytes, Files.readAllBytes(root.resolve(STATE + "/models/blobs/" + digest)));
    }

    @Test
    void aDownloadThatWasWholeBeforeIsTakenOverWithoutAnother() throws IOException {
        Path staged = Files.createDirectories(root.resolve(STATE + "/staging")).resolve(digest.hex() + ".pull");
        Files.write(staged, bytes);
        assertEquals(0, command.run("pull", url("/models/tiny.gguf"), "--sha256", digest.hex()), command.err);
        assertEquals(List.of("bytes=" + bytes.length + "-"), ranges);
    }

    @Test
    void aPullOfAnotherFileIsRefusedAndForgotten() {
        String wrong = ContentDigest.of(new byte[]{1}).hex();
        assertEquals(65, command.run("pull", url("/models/tiny.gguf"), "--sha256", wrong));
        assertTrue(command.err.contains("file is not what it must be: expected=" + wrong), command.err);
        assertFalse(Files.exists(root.resolve(STATE + "/staging/" + wrong + ".pull")));
        assertEquals(65, command.run("pull", file.toString(), "--sha256", wrong));
    }

    @Test
    void aPathIsPulledTooAndWhatIsStoredIsNotFetchedAgain() {
        assertEquals(0, command.run("pull", file.toString(), "--sha256", digest.hex()), command.err);
        assertEquals(0, command.run("pull", url("/models/tiny.gguf"), "--sha256", digest.hex(), "--name", "again"),
                command.err);
        assertEquals(List.of(), ranges);
        assertTrue(command.out.contains("again"), command.out);
    }

    @Test
    void aServerThatSaysNoIsUnavailable() {
        assertEquals(69, command.run("pull", url("/nothing"), "--sha256", digest.hex()));
        assertTrue(command.err.contains("server refuses: status=404"), command.err);
        assertEquals(64, command.run("pull", url("/models/tiny.gguf"), "--sha256", "abc"));
    }

    private String url(String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    /** Serves the file by range and ends each answer after {@code cutAt} bytes, as a bad link does. */
    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(range == null ? "" : range);
            int from = range == null ? 0 : Integer.parseInt(range.substring(6, range.length() - 1));
            if (from >= bytes.length) {
                exchange.getResponseHeaders().add("Content-Range", "bytes */" + bytes.length);
                exchange.sendResponseHeaders(416, -1);
                return;
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, bytes.length - from);
            exchange.getResponseBody().write(bytes, from, Math.min(cutAt, bytes.length - from));
        }
    }
}
