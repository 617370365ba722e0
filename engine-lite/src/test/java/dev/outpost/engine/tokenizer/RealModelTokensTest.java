package dev.outpost.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.outpost.engine.gguf.GgufFile;
import dev.outpost.engine.prompt.JsonFixture;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vocabularies of real models against the project's reference outputs. */
class RealModelTokensTest {

    @ParameterizedTest
    @CsvSource({"smollm2.json", "gemma3.json"})
    void givesTheReferenceIds(String reference) {
        Optional<Path> golden = TokenizerFixture.golden(reference);
        assumeTrue(golden.isPresent(), "skipped: reference output " + reference + " is not beside the checkout");
        Map<String, Object> expected = JsonFixture.object(JsonFixture.file(golden.get()));
        String name = (String) expected.get("model_file");
        Optional<Path> model = TokenizerFixture.realModel(name);
        assumeTrue(model.isPresent(), "skipped: model " + name + " has not been fetched");
        Tokenizer tokenizer;
        try (GgufFile file = GgufFile.open(model.get())) {
            tokenizer = Tokenizer.read(file.metadata());
        }
        for (Object element : JsonFixture.list(expected.get("tokenize"))) {
            Map<String, Object> one = JsonFixture.object(element);
            String text = (String) one.get("text");
            assertArrayEquals(JsonFixture.ints(one.get("ids")), tokenizer.encode(text, false), text);
            assertArrayEquals(JsonFixture.ints(one.get("ids_parse_special")), tokenizer.encodePrompt(text, true), text);
            assertEquals(text, tokenizer.decode(tokenizer.encode(text, false), false));
        }
        for (String part : List.of("prompts", "chats")) {
            for (Object element : JsonFixture.list(expected.get(part))) {
                Map<String, Object> one = JsonFixture.object(element);
                String text = (String) one.getOrDefault("rendered", one.get("text"));
                assertArrayEquals(JsonFixture.ints(one.get("prompt_tokens")), tokenizer.encodePrompt(text, true), text);
                Utf8Assembler answer = new Utf8Assembler();
                StringBuilder streamed = new StringBuilder();
                for (int id : JsonFixture.ints(one.get("greedy_tokens"))) {
                    streamed.append(answer.push(tokenizer.bytes(id, false)));
                }
                assertEquals(one.get("greedy_text"), streamed.append(answer.finish()).toString());
            }
        }
    }
}
