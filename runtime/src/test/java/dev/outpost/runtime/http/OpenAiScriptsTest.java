package dev.outpost.runtime.http;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official Node and Python clients, with their defaults, against the routes. */
class OpenAiScriptsTest {

    private static ApiFixture api;

    @BeforeAll
    static void start() throws InterruptedException {
        api = ApiFixture.serving();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @Test
    void nodeClientUnderstandsEveryAnswer() {
        Path modules = Tools.nodeModules();
        Tools.assertPasses(List.of("node", "src/test/js/openai_client.mjs", modules.toString(), api.address() + "/v1"));
    }

    @Test
    void pythonClientUnderstandsEveryAnswer() {
        Path python = Tools.python();
        Tools.assertPasses(
                List.of(python.toString(), "-X", "utf8", "src/test/python/openai_client.py", api.address() + "/v1"));
    }
}
