package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.Socket;
import java.net.URI;
import org.junit.jupiter.api.Test;

class PostgresClusterTest {

    @Test
    void takesConnectionsAgainAfterItWasKilled() throws Exception {
        try (var cluster = new PostgresCluster()) {
            cluster.kill();
            cluster.start();
            var address = URI.create(cluster.url().substring("jdbc:".length()));
            try (var socket = new Socket(address.getHost(), address.getPort())) {
                assertTrue(socket.isConnected());
            }
        }
    }
}
