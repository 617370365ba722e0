package dev.outpost.runtime.mqtt;

import java.net.Socket;
import java.net.URI;
import java.util.Set;
import javax.net.SocketFactory;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.internal.NetworkModule;
import org.eclipse.paho.mqttv5.client.spi.NetworkModuleFactory;

/** Paho's way in for our sockets, found by ServiceLoader. The socket travels in the options, so nothing is static. */
public final class BrokerSocketFactory implements NetworkModuleFactory {

    static final String SCHEME = "outpost";

    @Override
    public Set<String> getSupportedUriSchemes() {
        return Set.of(SCHEME);
    }

    @Override
    public void validateURI(URI brokerUri) {
        if (brokerUri.getHost() == null) {
            throw new IllegalArgumentException("broker URI has no link name: " + brokerUri);
        }
    }

    @Override
    public NetworkModule createNetworkModule(URI brokerUri, MqttConnectionOptions options, String clientId) {
        if (options.getSocketFactory() instanceof Carrier carrier) {
            return carrier.socket;
        }
        throw new IllegalArgumentException("scheme " + SCHEME + " is for the links of this runtime alone");
    }

    /** Carries one prepared socket through Paho's options; makes none. */
    static final class Carrier extends SocketFactory {

        private final BrokerSocket socket;

        Carrier(BrokerSocket socket) {
            this.socket = socket;
        }

        @Override
        public Socket createSocket(String host, int port) {
            throw new IllegalStateException("carries a socket, makes none");
        }

        @Override
        public Socket createSocket(String host, int port, java.net.InetAddress local, int localPort) {
            return createSocket(host, port);
        }

        @Override
        public Socket createSocket(java.net.InetAddress host, int port) {
            return createSocket(host.getHostName(), port);
        }

        @Override
        public Socket createSocket(java.net.InetAddress host, int port, java.net.InetAddress local, int localPort) {
            return createSocket(host.getHostName(), port);
        }
    }
}
