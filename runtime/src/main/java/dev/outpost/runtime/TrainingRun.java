package dev.outpost.runtime;

import dev.outpost.engine.Engine;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.cli.Rooms;
import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.http.ApiServer;
import dev.outpost.runtime.http.ApiSettings;
import dev.outpost.runtime.control.ControlClient;
import dev.outpost.runtime.control.ControlHandler.Progress;
import dev.outpost.runtime.control.ControlSocket;
import dev.outpost.runtime.control.StateLock;
import dev.outpost.runtime.update.ModelSwap;
import dev.outpost.runtime.update.ServingDesk;
import dev.outpost.runtime.update.SwapSettings;
import dev.outpost.runtime.update.UpdateGround;
import dev.outpost.runtime.update.UpdateParts;
import dev.outpost.runtime.update.UpdateRoom;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Does once what a start and a first answer do, so that the virtual machine can record the classes and methods. */
final class TrainingRun {

    private static final String MODEL = "training";
    private static final int ROUNDS = 4;
    private static final int READ_MILLIS = 120_000;
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
            openState(server, setup);
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

    /** A state directory of its own: the one of the device belongs to the process that serves. */
    private static void openState(ApiServer server, Setup setup) throws InterruptedException {
        try {
            Path directory = Files.createTempDirectory(MODEL);
            try (StateLock _ = StateLock.take(directory).orElseThrow();
                    var swap = new ModelSwap(new HttpServing(server, setup.resolved().config().model()),
                            digest -> directory.resolve(digest.hex()),
                            new SwapSettings(setup.options(), Duration.ZERO, Optional.empty()))) {
                UpdateGround ground = UpdateGround.open(directory, Release.BUILT);
                try (UpdateRoom room = UpdateRoom.start(ground, UpdateParts.withoutFleet(), swap);
                        ControlSocket _ = ControlSocket.listen(directory, new ServingDesk(room, ground, swap));
                        ControlClient client = ControlClient.connect(directory).orElseThrow()) {
                    client.answer(JsonObject.of(Map.of()).with("op", "status"), Progress.NONE);
                }
            }
            delete(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> paths = Files.walk(directory)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }

    private static void ask(int port) {
        try {
            request(port, "/health/live", "");
            request(port, "/v1/models", "");
            for (int round = 0; round < ROUNDS; round++) {
                request(port, "/v1/chat/completions", QUESTION.formatted(round % 2 == 0));
            }
            request(port, "/metrics", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the answer to its end, whatever its status: a base model has no chat. */
    private static void request(int port, String path, String body) throws IOException {
        var connection = (HttpURLConnection) URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setReadTimeout(READ_MILLIS);
        if (!body.isEmpty()) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        }
        InputStream answer = connection.getResponseCode() < 400
                ? connection.getInputStream()
                : connection.getErrorStream();
        if (answer != null) {
            answer.readAllBytes();
        }
    }
}
