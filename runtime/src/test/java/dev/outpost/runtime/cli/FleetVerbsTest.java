package dev.outpost.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.gguf.TinyModel;
import dev.outpost.engine.quant.QuantType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A manager's walk through the fleet verbs, with a model of random weights that really answers. */
class FleetVerbsTest {

    @TempDir
    Path home;

    private CommandRun run;
    private Path model;

    @BeforeEach
    void prepare() {
        run = new CommandRun(home.resolve("root"));
        model = TinyModel.of("llama", QuantType.Q8_0).withContext(512).write(home.resolve("tiny.gguf"));
        run.opens = () -> Engine.open(model, EngineOptions.DEFAULTS.withContext(512).withParallel(1).withThreads(1));
    }

    @Test
    void walksFromNothingToARolloutOnAStick() throws IOException {
        init();
        assertTrue(run.out.contains("These keys belong offline"), run.out);
        assertTrue(run.out.contains(home.resolve("stick/root-1.pem") + "  signs keys and revocations"), run.out);
        assertTrue(run.out.contains(home.resolve("fleet/keys/fleet.pem") + "  signs what devices shall run"), run.out);
        assertFalse(Files.exists(home.resolve("fleet/keys/root-1.pem")));

        ok("enroll", "box-1", "box-2", "--groups", "line-a", "--profile", "x86");
        assertEquals(2, run.out.lines().count());
        assertTrue(Files.exists(home.resolve("fleet/claims/box-1.json")));

        ok("release", model.toString(), "--line", "chat", "--title", "Tiny", "--licence", "Apache-2.0", "--ask",
                "Hello", "--ask-tokens", "4", "--quality", "exactness=0.5", "--keys", home.resolve("stick").toString(),
                "--json");
        assertTrue(run.out.contains("\"line\":\"chat\",\"counter\":1,\"kind\":\"model\""), run.out);
        assertTrue(run.out.contains("\"golden\":1"), run.out);
        assertTrue(run.out.contains("\"quantisation\":\"Q8_0\""), run.out);

        ok("rollout", "chat", "--to", "line-a", "--percent", "1,10,100", "--auto", "--window", "22:00-04:00");
        assertEquals("chat@1 to group/line-a: running, wave 1 of 3 (1 %), 0 of 0 done, 0 failed, 0 at work\n", run.out);
        ok("rollout", "--advance", "--to", "line-a");
        assertTrue(run.out.contains("wave 2 of 3 (10 %)"), run.out);

        ok("watch", "--once");
        assertTrue(run.out.contains("box-1                claimed"), run.out);
        ok("watch", "--once", "--json");
        requireJson(run.out);

        ok("bundle", "--to", home.resolve("usb").toString(), "--device", "box-1");
        assertTrue(Files.exists(home.resolve("usb/outpost-bundle/desired/line-a.json")));
        ok("receipts", home.resolve("usb").toString(), "--json");
        assertEquals("[]\n", run.out);

        ok("command", "box-1", "report");
        assertTrue(run.out.contains("waiting"), run.out);
        ok("revoke", "chat@1", "--keys", home.resolve("stick").toString());
        assertEquals("revoked: release chat@1, root 2, 1 addressees told\n", run.out);
        ok("rotate", "--keys", home.resolve("stick").toString());
        assertTrue(run.out.startsWith("root 3: 1 addressees told"), run.out);
        ok("revoke", "box-2");
        ok("releases");
        assertTrue(run.out.contains("REVOKED"), run.out);
    }

    @Test
    void speaksJsonEverywhere() throws IOException {
        assertEquals(0, run.run("fleet", "init", home.resolve("fleet").toString(), "--site", "plant-7", "--json"));
        requireJson(run.out);
        for (List<String> verb : List.of(List.of("enroll", "box-1"),
                List.of("certificate", "--server", "broker.example"),
                List.of("certificate", "--client", "bridge"),
                List.of("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L"),
                List.of("releases"), List.of("rollout", "chat@1", "--to", "box-1"),
                List.of("rollout", "--pause", "--to", "box-1"), List.of("rollout", "--resume", "--to", "box-1"),
                List.of("watch", "--once"), List.of("bundle", "--to", home.resolve("usb").toString()),
                List.of("receipts", home.resolve("usb").toString()), List.of("command", "box-1", "golden"),
                List.of("command", "box-1"), List.of("rotate", "freshness"), List.of("revoke", "chat@1"),
                List.of("revoke", "box-1"))) {
            var arguments = new ArrayList<>(verb);
            arguments.add("--json");
            ok(arguments.toArray(String[]::new));
            requireJson(run.out);
        }
    }

    @Test
    void aModelThatAnswersOtherwiseIsNotSigned() throws IOException {
        init();
        Path golden = Files.writeString(home.resolve("golden.yaml"), """
                - prompt: What is 1+1?
                  expect: "certainly two"
                  maxTokens: 4
                """);
        assertEquals(65, fleet("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L",
                "--golden", golden.toString(), "--keys", home.resolve("stick").toString()));
        assertTrue(run.err.contains("the model answers otherwise: question=0, expected=\"certainly two\""), run.err);
        assertTrue(run.err.contains("nothing was signed"), run.err);
        ok("releases");
        assertEquals("", run.out);
    }

    @Test
    void goldenQuestionsOfAFileAreRecordedOrChecked() throws IOException {
        init();
        String stick = home.resolve("stick").toString();
        Path recorded = Files.writeString(home.resolve("golden.json"),
                "[{\"prompt\":\"Hello\",\"maxTokens\":3},{\"prompt\":\"Bye\"}]");
        ok("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L", "--golden",
                recorded.toString(), "--keys", stick);
        assertTrue(run.out.contains("golden  2 questions"), run.out);
        Path wrong = Files.writeString(home.resolve("wrong.yaml"), "- prompt: x\n  answer: y\n");
        assertEquals(65, fleet("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L",
                "--golden", wrong.toString(), "--keys", stick));
        assertTrue(run.err.contains("question=0: unknown member: member=answer"), run.err);
    }

    @Test
    void aConfigurationIsCheckedBeforeItIsSigned() throws IOException {
        init();
        ok("enroll", "box-1", "--groups", "line-a");
        Path good = Files.writeString(home.resolve("good.yaml"), "log:\n  level: debug\n");
        ok("configure", good.toString(), "--to", "line-a", "box-1");
        assertEquals("group/line-a: version 1\ndevice/box-1: version 1\n", run.out);
        Path bad = Files.writeString(home.resolve("bad.yaml"), "server:\n  prot: 9090\n");
        assertEquals(78, fleet("configure", bad.toString(), "--to", "line-a"));
        assertTrue(run.err.contains("bad.yaml:2"), run.err);
        Path losing = Files.writeString(home.resolve("losing.yaml"), "log:\n  level: debug\nserver:\n  port: 9090\n");
        assertEquals(78, fleet("configure", losing.toString(), "--to", "line-a"));
        assertTrue(run.err.contains("losing.yaml:4"), run.err);
        assertTrue(run.err.contains("a fleet may not set this: key=server.port"), run.err);
        ok("configure", "--none", "--to", "line-a");
        assertEquals("group/line-a: version 2\n", run.out);
        assertEquals(64, fleet("configure", "--to", "line-a"));
    }

    @Test
    void countersGoUpAndAreNotGivenTwice() {
        init();
        String stick = home.resolve("stick").toString();
        ok("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L", "--keys", stick);
        ok("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L", "--keys", stick);
        assertTrue(run.out.contains("release chat@2"), run.out);
        assertEquals(73, fleet("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L",
                "--counter", "2", "--keys", stick));
        ok("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L", "--counter", "10", "--keys",
                stick);
        assertTrue(run.out.contains("release chat@10"), run.out);
    }

    @Test
    void errorsEndWithTheNextCommand() throws IOException {
        assertEquals(66, fleet("watch", "--once"));
        assertTrue(run.err.contains("no fleet is here"), run.err);
        assertTrue(run.err.contains("outpost fleet init DIR --site NAME"), run.err);
        init();
        assertEquals(73, run.run("fleet", "init", home.resolve("fleet").toString(), "--site", "other"));
        assertEquals(65, fleet("rollout", "chat", "--to", "line-z"));
        assertTrue(run.err.contains("no such device or group: name=line-z"), run.err);
        ok("enroll", "box-1");
        assertEquals(65, fleet("rollout", "chat", "--to", "box-1"));
        assertTrue(run.err.contains("`outpost fleet releases`"), run.err);
        assertEquals(66, fleet("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L"));
        assertTrue(run.err.contains("--keys DIR"), run.err);
        assertEquals(64, fleet("rollout", "--to", "box-1"));
        assertEquals(64, fleet("rollout", "chat", "--pause", "--to", "box-1"));
        assertEquals(64, fleet("rollout", "chat", "--to", "box-1", "--percent", "1", "--wave", "5"));
        assertEquals(65, fleet("enroll", "Box_1"));
        assertEquals(64, fleet("enroll"));
        assertEquals(64, run.run("fleet"));
        assertTrue(run.err.contains("rollout"), "lists what there is");
    }

    @Test
    void lockedKeysAskForTheirPassphrase() throws IOException {
        Path secret = Files.writeString(home.resolve("secret"), "correct horse\n");
        assertEquals(0, run.run("fleet", "init", home.resolve("fleet").toString(), "--site", "plant-7",
                "--passphrase-file", secret.toString()));
        assertTrue(run.out.contains("; locked"), run.out);
        assertEquals(77, fleet("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L"));
        assertTrue(run.err.contains("--passphrase-file FILE"), run.err);
        assertFalse(run.err.contains("correct horse"));
        ok("release", model.toString(), "--line", "chat", "--title", "T", "--licence", "L", "--passphrase-file",
                secret.toString());
    }

    @Test
    void aBatchFileNamesDevicesGroupsAndProfiles() throws IOException {
        init();
        Path batch = Files.writeString(home.resolve("batch"), """
                # device groups profile
                box-1 line-a,canary raspberry-pi-5
                box-2 -
                box-3
                """);
        ok("enroll", "--batch", batch.toString(), "--groups", "line-b", "--out", home.resolve("claims").toString());
        assertEquals(3, run.out.lines().count());
        ok("watch", "--once", "--json");
        assertTrue(run.out.contains("\"device\":\"box-1\",\"groups\":[\"canary\",\"line-a\"]"), run.out);
        assertTrue(run.out.contains("\"device\":\"box-2\",\"groups\":[]"), run.out);
        assertTrue(run.out.contains("\"device\":\"box-3\",\"groups\":[\"line-b\"]"), run.out);
    }

    private void init() {
        assertEquals(0, run.run("fleet", "init", home.resolve("fleet").toString(), "--site", "plant-7", "--broker",
                "mqtts://broker.example:8883", "--keys", home.resolve("stick").toString()), run.err);
    }

    private int fleet(String... arguments) {
        var all = new ArrayList<>(List.of("fleet"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("-d", home.resolve("fleet").toString()));
        return run.run(all.toArray(String[]::new));
    }

    private void ok(String... arguments) {
        assertEquals(0, fleet(arguments), () -> String.join(" ", arguments) + ": " + run.err);
    }

    private static void requireJson(String text) throws IOException {
        for (String line : text.lines().toList()) {
            try (var parser = new JsonFactory().createParser(line)) {
                JsonToken first = parser.nextToken();
                assertTrue(first.isStructStart(), line);
                parser.skipChildren();
                assertEquals(null, parser.nextToken(), line);
            }
        }
        assertFalse(text.isBlank());
    }
}
