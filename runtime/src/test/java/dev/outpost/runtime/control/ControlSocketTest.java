package dev.outpost.runtime.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.control.ControlException.Reason;
import dev.outpost.runtime.control.ControlHandler.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControlSocketTest {

    private static final JsonObject REQUEST = JsonObject.of(Map.of()).with("op", "status");

    @TempDir
    Path directory;

    @Test
    void anAnswerComesAfterItsProgress() {
        var heard = new ArrayList<String>();
        try (ControlSocket _ = ControlSocket.listen(directory, (request, progress) -> {
            progress.at("importing", 5, 10);
            progress.at("importing", 10, 10);
            return request.with("seen", 1);
        }); ControlClient client = ControlClient.connect(directory).orElseThrow()) {
            JsonObject answer = client.answer(REQUEST, (what, done, total) -> heard.add(what + done + "/" + total));
            assertEquals(REQUEST.with("seen", 1), answer);
        }
        assertEquals(List.of("importing5/10", "importing10/10"), heard);
    }

    @Test
    void aRefusalArrivesWithItsReasonAndItsNextStep() {
        try (ControlSocket _ = ControlSocket.listen(directory, (_, _) -> {
            throw new ControlException(Reason.REFUSED, "model is the active one", "activate another first");
        }); ControlClient client = ControlClient.connect(directory).orElseThrow()) {
            var thrown = assertThrows(ControlException.class, () -> client.answer(REQUEST, Progress.NONE));
            assertEquals(Reason.REFUSED, thrown.reason());
            assertEquals("model is the active one", thrown.getMessage());
            assertEquals("activate another first", thrown.next());
        }
    }

    @Test
    void aFaultIsAnAnswerTooAndTheSocketGoesOn() {
        try (ControlSocket _ = ControlSocket.listen(directory, (_, _) -> {
            throw new IllegalStateException("broken");
        })) {
            for (int i = 0; i < 2; i++) {
                try (ControlClient client = ControlClient.connect(directory).orElseThrow()) {
                    assertEquals(Reason.FAILED, assertThrows(ControlException.class,
                            () -> client.answer(REQUEST, Progress.NONE)).reason());
                }
            }
        }
    }

    @Test
    void nonsenseAndEndlessLinesAreRefused() throws IOException {
        try (ControlSocket _ = ControlSocket.listen(directory, (_, _) -> REQUEST)) {
            assertTrue(raw("nonsense\n").contains("\"failure\":\"REFUSED\""));
            assertTrue(raw("[1]\n").contains("no JSON object"));
            assertTrue(raw("x".repeat(ControlLine.LIMIT + 1)).contains("too long"));
        }
    }

    @Test
    void onlyTheOwnerMayAskAndTheSocketGoesWithItsProcess() throws IOException {
        ControlSocket socket = ControlSocket.listen(directory, (_, _) -> REQUEST);
        assertEquals("rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("control"))));
        socket.close();
        assertEquals(Optional.empty(), ControlClient.connect(directory));
    }

    @Test
    void aSocketThatADeadProcessLeftIsReplaced() throws IOException {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(directory.resolve("control")));
        }
        assertTrue(Files.exists(directory.resolve("control")));
        assertEquals(Optional.empty(), ControlClient.connect(directory), "nobody listens on it");
        try (ControlSocket _ = ControlSocket.listen(directory, (_, _) -> REQUEST);
                ControlClient client = ControlClient.connect(directory).orElseThrow()) {
            assertEquals(REQUEST, client.answer(REQUEST, Progress.NONE));
        }
    }

    @Test
    void aPathTooLongForASocketIsSaid() throws IOException {
        Path deep = Files.createDirectories(directory.resolve("d".repeat(120)));
        assertThrows(UncheckedIOException.class, () -> ControlSocket.listen(deep, (_, _) -> REQUEST));
        assertFalse(Files.exists(deep.resolve("control")));
    }

    @Test
    void theLockIsTakenOnceAndNamesItsOwner() {
        Path state = directory.resolve("state");
        try (StateLock _ = StateLock.take(state).orElseThrow()) {
            assertEquals(Optional.empty(), StateLock.take(state));
            assertEquals(Optional.of(Long.toString(ProcessHandle.current().pid())), StateLock.owner(state));
        }
        StateLock.take(state).orElseThrow().close();
    }

    private String raw(String line) throws IOException {
        try (SocketChannel channel = SocketChannel
                .open(UnixDomainSocketAddress.of(directory.resolve("control")))) {
            ByteBuffer out = ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8));
            while (out.hasRemaining()) {
                channel.write(out);
            }
            ByteBuffer in = ByteBuffer.allocate(4096);
            while (channel.read(in) >= 0) {
                assertTrue(in.hasRemaining(), "the answer is short");
            }
            return new String(in.array(), 0, in.position(), StandardCharsets.UTF_8);
        }
    }
}
