package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.runtime.cli.Rooms;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.http.ApiServer;
import dev.outpost.runtime.http.ApiSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Does once what a start and a first answer do, so that the virtual machine can record the classes and methods. */
final class TrainingRun {

    private static final String MODEL = "training";
    private static final String QUESTION = """
            {"model":"training","max_tokens":24,"stream":%s,"messages":[{"role":"user","content":"Say hello to the \
            world in a few words, please, and then count from one to twenty."}]}""";

    private final Rooms rooms;

    TrainingRun(Rooms rooms) {
        this.rooms = rooms;
    }

    void run(Setup setup) throws InterruptedException {
        Optional<Path> model = setup.resolved().config().model().file();
        try (ApiServer server = ApiServer.start(ApiSettings.of(MODEL).withAddress("127.0.0.1", 0))) {
            if (model.isPresent()) {
                try (Engine engine = rooms.open(model.get(), setup)) {
                    server.serve(engine);
                    ask(server.port());
                    server.drain(Duration.ofSeconds(1));
                }
            } else {
                ask(server.port());
            }
        }
    }

    private static void ask(int port) {
        try {
            request(port, "GET /health/live", "");
            request(port, "GET /v1/models", "");
            request(port, "POST /v1/chat/completions", QUESTION.formatted("false"));
            request(port, "POST /v1/chat/completions", QUESTION.formatted("true"));
            request(port, "GET /metrics", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void request(int port, String line, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((line + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                    + "Content-Type: application/json\r\nContent-Length: " + bytes.length + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readAllBytes();
        }
    }
}
