package dev.outpost.runtime.mqtt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/** A TCP proxy before a broker that fails as links fail. Any thread. */
public final class FlakyProxy implements AutoCloseable {

    /** What the link does. */
    public enum Fault {
        /** Forwards. */
        NONE,
        /** Resets what is open and what comes. */
        RESET,
        /** Keeps connections and takes new ones; bytes wait until it heals. */
        SILENT,
        /** Forgets the far end of what is open; the near end hears nothing more, ever. */
        HALF_OPEN
    }

    private record Pair(Socket near, Socket far) {}

    private final ServerSocket server;
    private final int target;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();
    private final Set<Socket> orphans = ConcurrentHashMap.newKeySet();
    private volatile Semaphore gate = open();
    private volatile Fault fault = Fault.NONE;

    public FlakyProxy(int target) {
        this.target = target;
        try {
            this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    /** Begins a fault, or ends it with {@link Fault#NONE}. */
    public void become(Fault next) {
        if (next == Fault.SILENT) {
            gate = new Semaphore(0);
        } else {
            gate.release(1 << 20);
            gate = open();
        }
        fault = next;
        if (next == Fault.RESET) {
            pairs.forEach(FlakyProxy::reset);
        } else if (next == Fault.HALF_OPEN) {
            pairs.forEach(pair -> {
                orphans.add(pair.near());
                quietly(pair.far());
            });
        }
    }

    @Override
    public void close() {
        become(Fault.RESET);
        orphans.forEach(FlakyProxy::quietly);
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var near = server.accept();
                Thread.ofVirtual().start(() -> serve(near));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket near) {
        try {
            if (fault == Fault.RESET || fault == Fault.HALF_OPEN) {
                near.setSoLinger(true, 0);
                near.close();
                return;
            }
            var pair = new Pair(near, new Socket(InetAddress.getLoopbackAddress(), target));
            near.setTcpNoDelay(true);
            pair.far().setTcpNoDelay(true);
            pairs.add(pair);
            Thread.ofVirtual().start(() -> copy(pair, pair.near(), pair.far()));
            copy(pair, pair.far(), pair.near());
        } catch (IOException noBroker) {
            quietly(near);
        }
    }

    private void copy(Pair pair, Socket from, Socket to) {
        try {
            var buffer = new byte[16 << 10];
            for (int count; (count = from.getInputStream().read(buffer)) >= 0;) {
                gate.acquireUninterruptibly();
                to.getOutputStream().write(buffer, 0, count);
            }
        } catch (IOException ended) {
            // both ends go below
        }
        pairs.remove(pair);
        if (!orphans.contains(pair.near())) {
            quietly(pair.near());
        }
        quietly(pair.far());
    }

    private static Semaphore open() {
        return new Semaphore(Integer.MAX_VALUE >> 1);
    }

    private static void reset(Pair pair) {
        try {
            pair.near().setSoLinger(true, 0);
            pair.far().setSoLinger(true, 0);
        } catch (IOException alreadyClosed) {
            // gone, as wanted
        }
        quietly(pair.near());
        quietly(pair.far());
    }

    private static void quietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // nothing more can be wanted of it
        }
    }
}
