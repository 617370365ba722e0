package dev.outpost.runtime.mqtt;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.ExecutionException;

/** HiveMQ CE inside the test's JVM, in memory, on a free loopback port; it offers topic aliases, as shipped. */
public final class EmbeddedBroker implements AutoCloseable {

    private final Path directory;
    private final int port;
    private final Optional<EmbeddedExtension> extension;
    private EmbeddedHiveMQ broker;

    public EmbeddedBroker(Path directory) throws IOException {
        this(directory, Optional.empty());
    }

    /** @param extension runs inside the broker */
    public EmbeddedBroker(Path directory, Optional<EmbeddedExtension> extension) throws IOException {
        this.directory = directory;
        this.extension = extension;
        this.port = freePort();
        var conf = Files.createDirectories(directory.resolve("conf"));
        Files.createDirectories(directory.resolve("data"));
        Files.createDirectories(directory.resolve("extensions"));
        Files.writeString(conf.resolve("config.xml"), """
                <?xml version="1.0"?>
                <hivemq>
                  <listeners>
                    <tcp-listener><port>%d</port><bind-address>127.0.0.1</bind-address></tcp-listener>
                  </listeners>
                  <anonymous-usage-statistics><enabled>false</enabled></anonymous-usage-statistics>
                  <persistence><mode>in-memory</mode></persistence>
                </hivemq>
                """.formatted(port));
        start();
    }

    public int port() {
        return port;
    }

    public void start() {
        var builder = EmbeddedHiveMQ.builder().withConfigurationFolder(directory.resolve("conf"))
                .withDataFolder(directory.resolve("data")).withExtensionsFolder(directory.resolve("extensions"));
        broker = extension.map(builder::withEmbeddedExtension).orElse(builder).build();
        broker.start().join();
    }

    public void stop() {
        try {
            broker.stop().get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("embedded broker does not stop", e);
        }
    }

    @Override
    public void close() {
        stop();
        try {
            broker.close();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException("embedded broker does not close", e);
        }
    }

    static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
