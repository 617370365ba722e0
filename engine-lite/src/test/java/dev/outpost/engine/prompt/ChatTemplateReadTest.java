package dev.outpost.engine.prompt;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.failure.TemplateException;
import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.gguf.GgufWriter;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChatTemplateReadTest {

    private static final List<Message> HELLO = List.of(Message.of("user", "hi"));

    @TempDir
    private Path folder;

    private Optional<ChatTemplate> read(Optional<String> template) {
        GgufWriter writer = new GgufWriter().string("general.architecture", "llama")
                .string("tokenizer.ggml.model", "gpt2")
                .string("tokenizer.ggml.pre", "gpt-2").strings("tokenizer.ggml.tokens", List.of("a", "<s>", "</s>"))
                .strings("tokenizer.ggml.merges", List.of()).u32("tokenizer.ggml.bos_token_id", 1)
                .u32("tokenizer.ggml.eos_token_id", 2);
        template.ifPresent(text -> writer.string("tokenizer.chat_template", text));
        try (GgufFile file = GgufFile.open(writer.write(folder.resolve("model.gguf")))) {
            return ChatTemplate.read(file.metadata(), Tokenizer.read(file.metadata()), 128);
        }
    }

    @Test
    void passesTheNamesOfTheModelsTokens() {
        ChatTemplate template = read(Optional.of("{{ bos_token }}{{ messages[0].content }}{{ eos_token }}"))
                .orElseThrow();
        assertEquals("<s>hi</s>", template.render(HELLO, List.of(), true, Map.of()));
    }

    @Test
    void isEmptyWhereTheFileBringsNone() {
        assertTrue(read(Optional.empty()).isEmpty());
    }

    @Test
    void keepsAnUnreadableTemplateWithItsFailure() {
        ChatTemplate template = read(Optional.of("{% include 'x' %}")).orElseThrow();
        TemplateException failure = assertThrows(TemplateException.class,
                () -> template.render(HELLO, List.of(), true, Map.of()));
        assertEquals(TemplateException.Reason.MALFORMED, failure.reason());
    }

    @Test
    void rendersATextOfTheLargestRequestWhateverTheContext() {
        ChatTemplate template = read(Optional.of("{{ messages[0].content | trim ~ '!' }}")).orElseThrow();
        String text = "x".repeat(1 << 20);
        assertEquals(text + "!", template.render(List.of(Message.of("user", text)), List.of(), true, Map.of()));
    }
}
