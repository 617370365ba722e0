package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.InternalServerException;
import com.openai.errors.NotFoundException;
import com.openai.errors.RateLimitException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import dev.outpost.engine.failure.EngineFaultException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The official Java client with its response validation on: the strictest reader of our bodies there is. */
class OpenAiJavaSdkTest {

    private static ApiFixture api;
    private static OpenAIClient client;

    @BeforeAll
    static void start() throws InterruptedException {
        api = ApiFixture.serving();
        client = client(api);
    }

    @AfterAll
    static void stop() {
        client.close();
        api.close();
    }

    @Test
    void validatesAChat() {
        ChatCompletion answer = client.chat().completions().create(chat().n(2).logprobs(true).topLogprobs(2).build());
        answer.validate();
        assertEquals(List.of("hello", "hello"),
                answer.choices().stream().map(choice -> choice.message().content().orElseThrow()).toList());
        assertEquals(ChatCompletion.Choice.FinishReason.STOP, answer.choices().getFirst().finishReason());
        assertEquals(5, answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow().size());
        assertEquals(15, answer.usage().orElseThrow().totalTokens());
    }

    @Test
    void validatesEveryChunkOfAStream() {
        var params = chat().streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()).build();
        List<ChatCompletionChunk> chunks = stream(client, params);
        chunks.forEach(ChatCompletionChunk::validate);
        assertEquals("hello", text(chunks));
        assertEquals(10, chunks.getLast().usage().orElseThrow().totalTokens());
        assertTrue(chunks.getLast().choices().isEmpty());
    }

    @Test
    void validatesEveryChunkWithLogprobs() {
        List<ChatCompletionChunk> chunks = stream(client, chat().logprobs(true).n(2).build());
        chunks.forEach(ChatCompletionChunk::validate);
        assertEquals(10, chunks.stream().flatMap(chunk -> chunk.choices().stream())
                .mapToInt(choice -> choice.logprobs().flatMap(ChatCompletionChunk.Choice.Logprobs::content)
                        .map(List::size).orElse(0))
                .sum());
    }

    @Test
    void validatesACompletion() {
        Completion answer = client.completions()
                .create(CompletionCreateParams.builder().model("echo").prompt("abc").logprobs(2).build());
        answer.validate();
        assertEquals("abc", answer.choices().getFirst().text());
        assertEquals(List.of("a", "b", "c"),
                answer.choices().getFirst().logprobs().orElseThrow().tokens().orElseThrow());
    }

    @Test
    void readsAStreamOfACompletion() {
        var params = CompletionCreateParams.builder().model("echo").prompt("abc").build();
        try (StreamResponse<Completion> stream = client(api, false).completions().createStreaming(params)) {
            assertEquals("abc", stream.stream().map(chunk -> chunk.choices().getFirst().text())
                    .reduce("", String::concat));
        }
    }

    @Test
    void validatesEmbeddingsInItsDefaultFormat() {
        CreateEmbeddingResponse answer = client.embeddings().create(
                EmbeddingCreateParams.builder().model("echo").inputOfArrayOfStrings(List.of("abc", "de")).build());
        answer.validate();
        assertEquals(2, answer.data().size());
        assertEquals(FakeEngine.HIDDEN, answer.data().getFirst().embedding().size());
        assertEquals(5, answer.usage().promptTokens());
    }

    @Test
    void validatesModels() {
        var page = client.models().list();
        assertEquals("echo", page.data().getFirst().validate().id());
        assertEquals("outpost", client.models().retrieve("echo").validate().ownedBy());
    }

    @Test
    void readsRefusalsAsItsOwnTypes() {
        var missing = assertThrows(NotFoundException.class,
                () -> client.chat().completions().create(chat().model("nobody").build()));
        assertEquals(Optional.of("model_not_found"), missing.code());
        var range = assertThrows(BadRequestException.class,
                () -> client.chat().completions().create(chat().temperature(9).build()));
        assertEquals(Optional.of("temperature"), range.param());
        assertEquals(Optional.of("invalid_value"), range.code());
        assertEquals(Optional.of("invalid_request_error"), range.type());
    }

    @Test
    void readsAFullQueueAsRateLimit() throws Exception {
        try (ApiFixture full = ApiFixture.serving(1, settings -> settings.withQueueLimit(1));
                OpenAIClientCloser closing = new OpenAIClientCloser(client(full))) {
            full.engine.prefill = Duration.ofSeconds(20);
            String wire = ApiFixture.wire("/v1/chat/completions", ApiFixture.chat("x", ""));
            try (Socket _ = full.raw(wire); Socket _ = full.raw(wire)) {
                ApiFixture.until(Duration.ofSeconds(5),
                        () -> full.engine.running.get() + full.engine.queued.get() == 2);
                var refused = assertThrows(RateLimitException.class,
                        () -> closing.client().chat().completions().create(chat().build()));
                assertEquals(Optional.of("queue_full"), refused.code());
            }
        }
    }

    @Test
    void readsAnEngineFaultAsServerError() throws Exception {
        try (ApiFixture broken = ApiFixture.serving(); var closing = new OpenAIClientCloser(client(broken))) {
            broken.engine.failure = Optional.of(new EngineFaultException("non_finite_logits", "layer=3", null));
            var fault = assertThrows(InternalServerException.class,
                    () -> closing.client().chat().completions().create(chat().build()));
            assertEquals(Optional.of("engine_fault"), fault.code());
        }
    }

    private static OpenAIClient client(ApiFixture server) {
        return client(server, true);
    }

    private static OpenAIClient client(ApiFixture server, boolean validation) {
        return OpenAIOkHttpClient.builder().baseUrl(server.address() + "/v1").apiKey("unused").maxRetries(0)
                .responseValidation(validation).build();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model("echo").addUserMessage("hello");
    }

    private static List<ChatCompletionChunk> stream(OpenAIClient client, ChatCompletionCreateParams params) {
        try (StreamResponse<ChatCompletionChunk> stream = client.chat().completions().createStreaming(params)) {
            return stream.stream().toList();
        }
    }

    private static String text(List<ChatCompletionChunk> chunks) {
        return chunks.stream().flatMap(chunk -> chunk.choices().stream())
                .map(choice -> choice.delta().content().orElse("")).reduce("", String::concat);
    }

    private record OpenAIClientCloser(OpenAIClient client) implements AutoCloseable {
        @Override
        public void close() {
            client.close();
        }
    }
}
