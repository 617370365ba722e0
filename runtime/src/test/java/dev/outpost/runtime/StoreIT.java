package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import dev.outpost.provisioning.store.ContentDigest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged application and its store: verbs beside a serving process, and what a start serves. */
class StoreIT {

    private static final String QUESTION = """
            {"model":"default","max_tokens":8,"temperature":0,"prompt":"hello"}""";

    @TempDir
    Path directory;

    private Application application;
    private Path model;
    private Path other;
    private String otherDigest;

    @BeforeEach
    void copyOfTheApplication() throws Exception {
        application = new Application(directory);
        model = TinyModel.of("llama", QuantType.Q8_0).write(directory.resolve("tiny.gguf"));
        other = TinyModel.of("qwen2", QuantType.Q8_0).withSeed(3).write(directory.resolve("other.gguf"));
        otherDigest = ContentDigest.of(Files.readAllBytes(other)).hex();
    }

    @Test
    void anImportedModelIsServedByAStartThatNamesNone() throws Exception {
        Application.Result imported = application.run("import", model.toString(), "--activate");
        assertEquals(0, imported.status(), imported.err());
        try (Application.Serving serving = application.serveStored()) {
            assertTrue(serving.post("/v1/completions", QUESTION).contains("\"text_completion\""));
            assertEquals(0, serving.end("TERM"), serving.lines.toString());
        }
        try (Application.Serving serving = application.serveStored()) {
            assertTrue(serving.post("/v1/completions", QUESTION).contains("\"text_completion\""), "after a restart");
        }
    }

    @Test
    void aServingProcessChangesItsModelWhenAnOperatorSaysSo() throws Exception {
        application.run("import", model.toString(), "--activate");
        try (Application.Serving serving = application.serveStored()) {
            String before = serving.post("/v1/completions", QUESTION);
            Application.Result imported = application.run("import", other.toString(), "--activate", "--json");
            assertEquals(0, imported.status(), imported.err());
            assertTrue(imported.out().contains("\"active\":true"), imported.out());
            assertFalse(fingerprint(serving.post("/v1/completions", QUESTION)).equals(fingerprint(before)));

            Application.Result status = application.run("status");
            assertTrue(status.out().contains("serving:\n  digest: " + otherDigest), status.out());
            Application.Result list = application.run("list");
            assertEquals(3, list.out().lines().count(), list.out());
            Application.Result refused = application.run("rm", "other");
            assertEquals(65, refused.status(), refused.err());
            serving.end("KILL");
        }
        assertTrue(application.run("status", "--json").out().contains("\"active\":true"),
                "the next process takes over");
        try (Application.Serving serving = application.serveStored()) {
            assertTrue(serving.post("/v1/completions", QUESTION).contains("\"text_completion\""));
        }
    }

    @Test
    void aFileNamedOnTheCommandLineIsServedInsteadAndMayBeReplaced() throws Exception {
        application.run("import", other.toString(), "--activate");
        try (Application.Serving serving = application.serve(model)) {
            String answer = serving.post("/v1/completions", QUESTION);
            assertTrue(answer.contains("\"model\":\"tiny\""), answer);
            assertEquals(0, application.run("import", other.toString(), "--activate").status());
            assertFalse(serving.post("/v1/completions", QUESTION).contains("\"model\":\"tiny\""));
        }
    }

    @Test
    void theStateDirectoryHasOneOwnerAndASecondProcessSaysWho() throws Exception {
        application.run("import", model.toString(), "--activate");
        try (Application.Serving serving = application.serveStored()) {
            Path state = directory.resolve("state/outpost");
            assertEquals("rw-------",
                    PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("control"))));
            Application.Result second = application.run("serve", "--port", "0");
            assertEquals(69, second.status(), second.err());
            assertTrue(second.err().contains("state directory is in use: path=" + state + ", process=" + serving.pid()),
                    second.err());
            try (Application.Serving beside = application.serve(model)) {
                assertTrue(beside.lines.toString().contains("serving without store and updates"),
                        beside.lines.toString());
                assertTrue(beside.post("/v1/completions", QUESTION).contains("\"text_completion\""));
            }
        }
    }

    @Test
    void aStartWithoutAnyModelSaysWhatToDo() throws Exception {
        Application.Result result = application.run("serve");
        assertEquals(64, result.status(), result.err());
        assertTrue(result.err().contains("no model given, and none is active in the store"), result.err());
        assertTrue(result.err().contains("outpost import FILE --activate"), result.err());
    }

    @Test
    void aRottenActiveModelMakesRoomForTheOneBefore() throws Exception {
        application.run("import", model.toString(), "--activate");
        application.run("import", other.toString(), "--activate");
        Path blob = directory.resolve("state/outpost/models/blobs/sha256-" + otherDigest);
        Files.setPosixFilePermissions(blob, PosixFilePermissions.fromString("rw-------"));
        byte[] bytes = Files.readAllBytes(blob);
        bytes[0] ^= 1;
        Files.write(blob, bytes);
        try (Application.Serving serving = application.serveStored()) {
            assertTrue(serving.lines.toString().contains("model does not start: digest="), serving.lines.toString());
            assertTrue(serving.post("/v1/completions", QUESTION).contains("\"text_completion\""));
            assertFalse(application.run("list").out().contains(otherDigest.substring(0, 12)));
        }
    }

    private static String fingerprint(String json) {
        int at = json.indexOf("\"system_fingerprint\":\"");
        return json.substring(at + 22, json.indexOf('"', at + 22));
    }
}
