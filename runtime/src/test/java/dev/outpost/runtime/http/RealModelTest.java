package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import dev.outpost.engine.Engine;
import dev.outpost.engine.EngineOptions;
import dev.outpost.engine.SharedFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A published chat model, from its file to the official client: the whole way a newcomer goes. */
class RealModelTest {

    /** Tokens of the question as SmolLM2's template renders it, its default system turn included. */
    private static final int QUESTION_TOKENS = 37;

    @Test
    void answersTheOfficialClient() throws Exception {
        Path file = SharedFiles.model("SmolLM2-135M-Instruct.Q4_1.gguf");
        var options = EngineOptions.DEFAULTS.withContext(512).withParallel(2);
        try (Engine engine = Engine.open(file, options);
                ApiServer server = ApiServer.start(ApiSettings.of("smollm2").withAddress("127.0.0.1", 0))) {
            server.serve(engine);
            OpenAIClient client = OpenAIOkHttpClient.builder()
                    .baseUrl("http://127.0.0.1:" + server.port() + "/v1").apiKey("unused").responseValidation(true)
                    .build();
            completes(client);
            chats(client);
            client.close();
        }
    }

    private static void completes(OpenAIClient client) {
        Completion answer = client.completions().create(CompletionCreateParams.builder().model("default")
                .prompt("The capital of France is").temperature(0).maxTokens(4).build());
        String text = answer.choices().getFirst().text();
        assertTrue(text.contains("Paris"), text);
    }

    private static void chats(OpenAIClient client) {
        var question = ChatCompletionCreateParams.builder().model("default").temperature(0).maxCompletionTokens(12)
                .addUserMessage("What is the capital of France?").build();
        ChatCompletion answer = client.chat().completions().create(question);
        assertEquals(QUESTION_TOKENS, answer.usage().orElseThrow().promptTokens());
        assertEquals(answer.choices().getFirst().message().content().orElseThrow(), streamed(client, question));
    }

    private static String streamed(OpenAIClient client, ChatCompletionCreateParams question) {
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(question)) {
            List<ChatCompletionChunk> chunks = stream.stream().toList();
            return chunks.stream().flatMap(chunk -> chunk.choices().stream())
                    .map(choice -> choice.delta().content().orElse("")).reduce("", String::concat);
        }
    }
}
