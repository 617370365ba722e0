package dev.outpost.runtime.http.blocks;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketImpl;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

/** Accepts TCP where a place is free, sets a read deadline, and only then lays TLS over it. */
final class TimedServerSocket extends SSLServerSocket {
    private static final InputStream NOTHING_READ_YET = null;
    private static final SocketImpl SYSTEM_DEFAULT = null;
    private static final long LOOK_MILLIS = 100;

    private final TimedTls tls;
    private SSLParameters parameters;
    private boolean sessions = true;

    TimedServerSocket(TimedTls tls) throws IOException {
        this.tls = tls;
        this.parameters = tls.context().getDefaultSSLParameters();
    }

    @Override
    public Socket accept() throws IOException {
        Optional<Socket> accepted = Optional.empty();
        while (accepted.isEmpty()) {
            awaitPlace();
            var plain = new Place(tls.places());
            try {
                implAccept(plain);
            } catch (IOException e) {
                plain.close();
                throw e;
            }
            // A failure above is the listener's; one with a client that has gone already must not become it.
            accepted = secured(plain);
        }
        return accepted.get();
    }

    private void awaitPlace() throws IOException {
        try {
            while (!tls.places().tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                if (isClosed()) {
                    throw new SocketException("Socket closed");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SocketException("Socket closed");
        }
    }

    private Optional<Socket> secured(Socket plain) throws IOException {
        try {
            plain.setSoTimeout(Math.toIntExact(tls.patience().toMillis()));
            var secured = (SSLSocket) tls.context().getSocketFactory().createSocket(plain, NOTHING_READ_YET, true);
            secured.setSSLParameters(parameters);
            secured.setEnableSessionCreation(sessions);
            return Optional.of(secured);
        } catch (IOException gone) {
            plain.close();
            return Optional.empty();
        }
    }

    /** A connection, which gives its place back when it is closed. */
    private static final class Place extends Socket {
        private final AtomicBoolean taken = new AtomicBoolean(true);
        private final Semaphore places;

        Place(Semaphore places) throws IOException {
            super(SYSTEM_DEFAULT);
            this.places = places;
        }

        @Override
        public void close() throws IOException {
            if (taken.compareAndSet(true, false)) {
                places.release();
            }
            super.close();
        }
    }

    @Override
    public SSLParameters getSSLParameters() {
        return parameters;
    }

    @Override
    public void setSSLParameters(SSLParameters given) {
        parameters = given;
    }

    @Override
    public String[] getEnabledCipherSuites() {
        return parameters.getCipherSuites();
    }

    @Override
    public void setEnabledCipherSuites(String[] suites) {
        parameters.setCipherSuites(suites);
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return tls.context().getSupportedSSLParameters().getCipherSuites();
    }

    @Override
    public String[] getSupportedProtocols() {
        return tls.context().getSupportedSSLParameters().getProtocols();
    }

    @Override
    public String[] getEnabledProtocols() {
        return parameters.getProtocols();
    }

    @Override
    public void setEnabledProtocols(String[] protocols) {
        parameters.setProtocols(protocols);
    }

    @Override
    public void setNeedClientAuth(boolean need) {
        parameters.setNeedClientAuth(need);
    }

    @Override
    public boolean getNeedClientAuth() {
        return parameters.getNeedClientAuth();
    }

    @Override
    public void setWantClientAuth(boolean want) {
        parameters.setWantClientAuth(want);
    }

    @Override
    public boolean getWantClientAuth() {
        return parameters.getWantClientAuth();
    }

    @Override
    public void setUseClientMode(boolean client) {
        if (client) {
            throw new IllegalArgumentException("is a server");
        }
    }

    @Override
    public boolean getUseClientMode() {
        return false;
    }

    @Override
    public void setEnableSessionCreation(boolean enabled) {
        sessions = enabled;
    }

    @Override
    public boolean getEnableSessionCreation() {
        return sessions;
    }
}
