package dev.outpost.runtime.control;

import dev.outpost.runtime.control.ControlException.Reason;
import dev.outpost.runtime.control.ControlHandler.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The Unix domain socket {@code control} of the state directory, mode 0600: whoever may write the directory may ask its
 * owner. One request a connection; each runs on a thread of its own.
 */
public final class ControlSocket implements AutoCloseable {
    static final String FILE = "control";
    private static final Logger LOG = System.getLogger(ControlSocket.class.getName());

    private final Path path;
    private final ServerSocketChannel server;
    private final ControlHandler handler;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

    private ControlSocket(Path path, ServerSocketChannel server, ControlHandler handler) {
        this.path = path;
        this.server = server;
        this.handler = handler;
    }

    /**
     * Listens; a socket that a dead process left is replaced. The caller holds the {@link StateLock}.
     *
     * @throws UncheckedIOException when it cannot be bound, as where the path is longer than the system allows
     */
    public static ControlSocket listen(Path directory, ControlHandler handler) {
        Path path = directory.resolve(FILE);
        // Takes its name only when its mode is right: nobody connects in between.
        Path nameless = directory.resolve(FILE + ".new");
        try {
            Files.deleteIfExists(nameless);
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                server.bind(UnixDomainSocketAddress.of(nameless));
                Files.setPosixFilePermissions(nameless, PosixFilePermissions.fromString("rw-------"));
                Files.move(nameless, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (IOException e) {
                server.close();
                throw e;
            }
            var socket = new ControlSocket(path, server, handler);
            Thread.ofVirtual().name("control").start(socket::accept);
            return socket;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the listening and cuts what is connected. */
    @Override
    public void close() {
        try {
            server.close();
            for (SocketChannel channel : open) {
                channel.close();
            }
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "control socket does not close: {0}", e.getMessage());
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel channel = server.accept();
                open.add(channel);
                Thread.ofVirtual().name("control-request").start(() -> serve(channel));
            }
        } catch (ClosedChannelException end) {
            // The process stops.
        } catch (IOException e) {
            LOG.log(Level.WARNING, "control socket accepts no more: {0}", e.getMessage());
        }
    }

    private void serve(SocketChannel channel) {
        try (channel; OutputStream out = Channels.newOutputStream(channel)) {
            try {
                ControlLine.write(out, ControlLine.answer(
                        handler.answer(ControlLine.read(Channels.newInputStream(channel)), telling(out))));
            } catch (ControlException e) {
                ControlLine.write(out, ControlLine.failure(e));
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, "control request failed", e);
                ControlLine.write(out,
                        ControlLine.failure(new ControlException(Reason.FAILED, "internal fault: " + e, "")));
            }
        } catch (IOException gone) {
            LOG.log(Level.DEBUG, "control connection ended: {0}", gone.getMessage());
        } finally {
            open.remove(channel);
        }
    }

    /** A client that has left is no reason to stop what it asked for. */
    private static Progress telling(OutputStream out) {
        return new Progress() {
            private boolean gone;

            @Override
            public synchronized void at(String what, long done, long total) {
                try {
                    if (!gone) {
                        ControlLine.write(out, ControlLine.progress(what, done, total));
                    }
                } catch (IOException e) {
                    gone = true;
                }
            }
        };
    }
}
