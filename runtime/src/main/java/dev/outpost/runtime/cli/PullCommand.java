package dev.outpost.runtime.cli;

import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonFields;
import dev.outpost.provisioning.json.JsonValue;
import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.runtime.control.ControlHandler.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost pull}: a file of a known digest comes from an address into the store. */
@Command(name = "pull", description = "Bring a model of a known digest into the store; goes on where it was cut.")
final class PullCommand implements Callable<Integer> {
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final int MANY = 100_000;
    private static final int BUFFER_BYTES = 1 << 20;

    private final Rooms rooms;
    private final Terminal terminal;

    @Mixin
    private StateOptions state;

    @Parameters(paramLabel = "URL", description = "https:// or http:// address, or a path.")
    private String from;

    @Option(names = "--sha256", paramLabel = "HEX", required = true, description = "Digest the file must have.")
    private String sha256;

    @Option(names = "--name", paramLabel = "NAME", description = "Name in the store (default: the file's).")
    private String name;

    @Option(names = "--activate", description = "Serve it from now on; a serving process changes over at once.")
    private boolean activate;

    @Option(names = "--json", description = "One JSON object instead of words.")
    private boolean json;

    PullCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ContentDigest digest = digest();
        Setup setup = state.setup(rooms);
        JsonObject model;
        try (var progress = new TerminalProgress(terminal)) {
            model = rooms.state(setup, with(brought(setup, digest, progress)), progress);
        }
        terminal.out().println(json ? JsonWriter.text(model) : "pulled: " + ModelLines.line(model));
        return ExitStatus.OK.code();
    }

    private ContentDigest digest() {
        try {
            return new ContentDigest(sha256.toLowerCase(Locale.ROOT));
        } catch (RefusedException e) {
            throw new CommandFailure(ExitStatus.USAGE, "--sha256: expected 64 hexadecimal digits, found characters="
                    + sha256.length(), "the publisher of the file names its SHA-256");
        }
    }

    /** Downloads unless it is stored already; what remains to be asked of the store's owner. */
    private JsonObject brought(Setup setup, ContentDigest digest, Progress progress)
            throws IOException, InterruptedException {
        if (!from.matches("(?i)https?://.*")) {
            Path file = ModelFile.existing(Path.of(from)).toAbsolutePath().normalize();
            requireDigest(file, digest, progress);
            return JsonObject.of(Map.of()).with("op", "import").with("path", file.toString());
        }
        URI address = URI.create(from);
        if (!stored(setup, digest)) {
            Path directory = setup.resolved().config().state().directory();
            var storage = new DirectoryStorage(directory);
            String staged = ModelStore.pulledName(digest);
            storage.makeDirectory(Storage.parent(staged));
            new Download(address, storage.path(staged), progress, FIRST_PAUSE).run();
            handOver(storage.path(staged), directory);
        }
        return JsonObject.of(Map.of()).with("op", "adopt").with("digest", digest.hex()).with("source", from);
    }

    private JsonObject with(JsonObject request) {
        JsonObject named = name == null ? request : request.with("name", name);
        return named.with("activate", new JsonFlag(activate));
    }

    private boolean stored(Setup setup, ContentDigest digest) throws InterruptedException {
        JsonObject answer = rooms.state(setup, JsonObject.of(Map.of()).with("op", "list"), Progress.NONE);
        List<JsonValue> models = JsonFields.of(answer, "answer").array("models", MANY);
        return models.stream().anyMatch(model -> JsonFields.of(model, "model").text("digest", 64).equals(digest.hex()));
    }

    /** Where root pulls for a service, the file must be the service's. */
    private static void handOver(Path file, Path directory) throws IOException {
        var owner = Files.getOwner(directory);
        if (!Files.getOwner(file).equals(owner)) {
            Files.getFileAttributeView(file, FileOwnerAttributeView.class).setOwner(owner);
        }
    }

    private static void requireDigest(Path file, ContentDigest expected, Progress progress) throws IOException {
        MessageDigest hasher = ContentDigest.hasher();
        long total = Files.size(file);
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = Files.newInputStream(file)) {
            long done = 0;
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                hasher.update(buffer, 0, read);
                done += read;
                progress.at("checking", done, total);
            }
        }
        ContentDigest found = ContentDigest.finish(hasher);
        if (!found.equals(expected)) {
            throw new CommandFailure(ExitStatus.DATA,
                    "file is not what it must be: expected=" + expected.hex() + ", found=" + found.hex(), "");
        }
    }
}
