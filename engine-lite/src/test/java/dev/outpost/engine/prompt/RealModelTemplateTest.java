package dev.outpost.engine.prompt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The template of a real model file against the project's reference outputs. */
class RealModelTemplateTest {

    @Test
    void rendersAndTokenisesChatsAsTheReferenceDoes() {
        String shared = System.getenv().getOrDefault("OUTPOST_SHARED", "../../shared");
        Path golden = Path.of(shared, "golden", "smollm2.json");
        assumeTrue(Files.isRegularFile(golden), "skipped: reference outputs are not beside the checkout");
        Map<String, Object> reference = JsonFixture.object(JsonFixture.file(golden));
        String models = System.getenv().getOrDefault("OUTPOST_TEST_MODELS",
                System.getProperty("user.home") + "/.cache/outpost/test-models");
        Path model = Path.of(models, (String) reference.get("model_file"));
        assumeTrue(Files.isRegularFile(model), "skipped: model " + model.getFileName() + " has not been fetched");
        try (GgufFile file = GgufFile.open(model)) {
            Tokenizer tokenizer = Tokenizer.read(file.metadata());
            ChatTemplate template = ChatTemplate.read(file.metadata(), tokenizer, 8192).orElseThrow();
            for (Object element : JsonFixture.list(reference.get("chats"))) {
                Map<String, Object> chat = JsonFixture.object(element);
                List<Message> messages = JsonFixture.list(chat.get("messages")).stream().map(JsonFixture::object)
                        .map(turn -> Message.of((String) turn.get("role"), (String) turn.get("content"))).toList();
                String rendered = template.render(messages, List.of(), true, Map.of());
                assertEquals(chat.get("rendered"), rendered);
                assertArrayEquals(JsonFixture.ints(chat.get("prompt_tokens")), tokenizer.encodePrompt(rendered, true));
            }
        }
    }
}
