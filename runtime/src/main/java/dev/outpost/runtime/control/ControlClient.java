package dev.outpost.runtime.control;

import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.control.ControlException.Reason;
import dev.outpost.runtime.control.ControlHandler.Progress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Asks the process that owns a state directory. */
public final class ControlClient implements ControlHandler, AutoCloseable {

    private final SocketChannel channel;

    private ControlClient(SocketChannel channel) {
        this.channel = channel;
    }

    /** Connects for one request; empty when nobody listens. */
    public static Optional<ControlClient> connect(Path directory) {
        Path path = directory.resolve(ControlSocket.FILE);
        if (!Files.exists(path)) {
            return Optional.empty();
        }
        try {
            return Optional.of(new ControlClient(SocketChannel.open(UnixDomainSocketAddress.of(path))));
        } catch (ConnectException nobody) {
            return Optional.empty();
        } catch (SocketException e) {
            throw new ControlException(Reason.FAILED, "control socket refuses: path=" + path + ", " + e.getMessage(),
                    "run it as the user that owns the state directory");
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public JsonObject answer(JsonObject request, Progress progress) {
        try {
            ControlLine.write(Channels.newOutputStream(channel), request);
            var in = new java.io.BufferedInputStream(Channels.newInputStream(channel));
            JsonObject line = ControlLine.read(in);
            while (ControlLine.isProgress(line, progress)) {
                line = ControlLine.read(in);
            }
            return ControlLine.result(line);
        } catch (IOException e) {
            throw new ControlException(Reason.FAILED, "the serving process ended before it answered: " + e.getMessage(),
                    "`outpost status` shows what is there");
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException ignored) {
            // Nothing is left to lose.
        }
    }
}
