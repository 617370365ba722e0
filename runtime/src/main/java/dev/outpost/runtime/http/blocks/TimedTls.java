package dev.outpost.runtime.http.blocks;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.security.KeyManagementException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * A TLS context whose accepted sockets are bounded in number and have a read deadline from their first byte on. Helidon
 * shakes hands before it asks any connection selector: it sets no deadline, and its own bound never gets back the place of a
 * client whose handshake failed. The context can be exchanged while the listener runs. Any thread.
 */
final class TimedTls extends SSLContextSpi {
    private final Duration patience;
    private final Semaphore places;
    private volatile SSLContext context;

    /**
     * @param patience longest silence of a client
     * @param connections most at once
     */
    TimedTls(SSLContext context, Duration patience, int connections) {
        this.context = context;
        this.patience = patience;
        this.places = new Semaphore(connections);
    }

    /** For Helidon. */
    SSLContext asContext() {
        return new SSLContext(this, context.getProvider(), context.getProtocol()) {
        };
    }

    /** Connections accepted from now on use this one. */
    void use(SSLContext next) {
        context = next;
    }

    /** The one in use. */
    SSLContext context() {
        return context;
    }

    /** How long a client may say nothing. */
    Duration patience() {
        return patience;
    }

    /** Free places. */
    Semaphore places() {
        return places;
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
            throws KeyManagementException {
        throw new KeyManagementException("is ready for use");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
        return context.getSocketFactory();
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
        return new TimedFactory();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
        return context.createSSLEngine();
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
        return context.createSSLEngine(host, port);
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
        return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
        return context.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
        return context.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
        return context.getSupportedSSLParameters();
    }

    private final class TimedFactory extends SSLServerSocketFactory {
        @Override
        public String[] getDefaultCipherSuites() {
            return context.getDefaultSSLParameters().getCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return context.getSupportedSSLParameters().getCipherSuites();
        }

        @Override
        public ServerSocket createServerSocket() throws IOException {
            return new TimedServerSocket(TimedTls.this);
        }

        @Override
        public ServerSocket createServerSocket(int port) throws IOException {
            return bound(new InetSocketAddress(port), 50);
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog) throws IOException {
            return bound(new InetSocketAddress(port), backlog);
        }

        @Override
        public ServerSocket createServerSocket(int port, int backlog, InetAddress address) throws IOException {
            return bound(new InetSocketAddress(address, port), backlog);
        }

        private ServerSocket bound(SocketAddress address, int backlog) throws IOException {
            var socket = createServerSocket();
            socket.bind(address, backlog);
            return socket;
        }
    }
}
