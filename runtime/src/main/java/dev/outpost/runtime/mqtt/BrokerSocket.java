package dev.outpost.runtime.mqtt;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLSocket;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;

/** The socket of one connection: TCP or TLS 1.3, guarded on the way in, metered on the way out, and killable. */
final class BrokerSocket implements NetworkModule {

    private final LinkSettings settings;
    private final LinkSession session;
    private final LinkCounters counters;
    private final Consumer<MqttIncoming> arrived;
    private volatile Optional<Socket> socket = Optional.empty();
    private volatile Optional<ConnackFilter> connack = Optional.empty();
    private volatile boolean killed;
    private volatile boolean connectWritten;
    private volatile Optional<Thread> starter = Optional.empty();
    private InputStream input;
    private OutputStream output;

    BrokerSocket(LinkSettings settings, LinkSession session, LinkCounters counters,
            Consumer<MqttIncoming> arrived) {
        this.settings = settings;
        this.session = session;
        this.counters = counters;
        this.arrived = arrived;
    }

    @Override
    public void start() throws IOException {
        starter = Optional.of(Thread.currentThread());
        if (killed) {
            throw new IOException("connection was given up before it began");
        }
        int deadline = Math.toIntExact(settings.connectDeadline().toMillis());
        var plain = new Socket();
        socket = Optional.of(plain);
        if (killed) {
            plain.close();
        }
        plain.setTcpNoDelay(true);
        plain.setKeepAlive(true);
        plain.connect(new InetSocketAddress(session.host(), session.port()), deadline);
        var secured = settings.tls().isPresent() ? secure(plain, deadline) : plain;
        socket = Optional.of(secured);
        var gate = new StartGate(settings.connectDeadline().plusSeconds(5));
        input = new PacketGuard(gate.reading(secured.getInputStream()), settings.maximumPacket(), counters.bytesIn(),
                answer -> connack = Optional.of(answer), arrived);
        output = new MeteredOutput(gate.writing(secured.getOutputStream()), counters.bytesOut(),
                settings.bytesPerSecond(), this::noteConnect);
    }

    private SSLSocket secure(Socket plain, int deadline) throws IOException {
        var factory = settings.tls().orElseThrow().get().getSocketFactory();
        var secured = (SSLSocket) factory.createSocket(plain, session.host(), session.port(), true);
        var parameters = secured.getSSLParameters();
        parameters.setProtocols(new String[]{"TLSv1.3"});
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[]{"mqtt"});
        if (!session.host().matches("[0-9.:\\[\\]]+")) {
            parameters.setServerNames(List.of(new SNIHostName(session.host())));
        }
        secured.setSSLParameters(parameters);
        secured.setSoTimeout(deadline);
        secured.startHandshake();
        secured.setSoTimeout(0);
        return secured;
    }

    private void noteConnect() {
        connectWritten = true;
        session.connectWritten();
    }

    boolean isConnectWritten() {
        return connectWritten;
    }

    /** What the broker said to CONNECT; empty until it did. */
    Optional<ConnackFilter> connack() {
        return connack;
    }

    /** Ends whatever any thread does on this socket, at once. */
    void kill() {
        killed = true;
        try {
            var open = socket;
            if (open.isPresent()) {
                open.get().close();
            }
        } catch (IOException ignored) {
            // the socket is gone either way
        }
    }

    /**
     * Waits until the client's connecting thread is gone, once {@link #kill} was called. Should the client be closed while
     * that thread still runs, it starts threads that nobody ends any more.
     */
    void awaitStarter(Duration most) throws InterruptedException {
        var thread = starter;
        if (thread.isPresent() && thread.get() != Thread.currentThread()) {
            thread.get().join(most);
        }
    }

    @Override
    public InputStream getInputStream() {
        return input;
    }

    @Override
    public OutputStream getOutputStream() {
        return output;
    }

    @Override
    public void stop() {
        kill();
    }

    @Override
    public String getServerURI() {
        return BrokerSocketFactory.SCHEME + "://" + settings.name();
    }
}
