package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Completions, embeddings, models and metrics. */
class OtherRoutesTest {

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
    void completesTextAndStopsAtSixteenTokensByDefault() throws Exception {
        String body = complete("\"prompt\":\"abcdefghijklmnopqrstuvwxyz\"").body();
        assertEquals("text_completion", ApiFixture.at(body, "object").text());
        assertEquals("abcdefghijklmnop", ApiFixture.at(body, "choices.0.text").text());
        assertEquals("length", ApiFixture.at(body, "choices.0.finish_reason").text());
        assertTrue(body.contains("\"logprobs\":null"));
    }

    @Test
    void completesTokensListsOfTextsAndListsOfTokens() throws Exception {
        assertEquals("AB", ApiFixture.at(complete("\"prompt\":[65,66]").body(), "choices.0.text").text());
        String texts = complete("\"prompt\":[\"one\",\"two\"],\"n\":2").body();
        assertEquals("one", ApiFixture.at(texts, "choices.1.text").text());
        assertEquals("two", ApiFixture.at(texts, "choices.2.text").text());
        assertEquals(6, ApiFixture.at(texts, "usage.prompt_tokens").integer(0, 99));
        assertEquals(12, ApiFixture.at(texts, "usage.completion_tokens").integer(0, 99));
        String tokens = complete("\"prompt\":[[65],[66]]").body();
        assertEquals("B", ApiFixture.at(tokens, "choices.1.text").text());
    }

    @Test
    void echoesThePromptWholeAndStreamed() throws Exception {
        String whole = complete("\"prompt\":\"xy\",\"echo\":true").body();
        assertEquals("xyxy", ApiFixture.at(whole, "choices.0.text").text());
        String stream = complete("\"prompt\":\"xy\",\"echo\":true,\"stream\":true").body();
        assertEquals("xy", ApiFixture.at(stream.split("\n\n")[0].substring(6), "choices.0.text").text());
    }

    @Test
    void reportsCompletionLogprobsWithOffsets() throws Exception {
        String body = complete("\"prompt\":\"hi\",\"logprobs\":2").body();
        assertEquals("i", ApiFixture.at(body, "choices.0.logprobs.tokens.1").text());
        assertEquals(1, ApiFixture.at(body, "choices.0.logprobs.text_offset.1").integer(0, 9));
        assertEquals(-0.25f, ApiFixture.at(body, "choices.0.logprobs.token_logprobs.0").number(-1, 0));
        assertEquals(-0.25f, ApiFixture.at(body, "choices.0.logprobs.top_logprobs.0.h").number(-1, 0));
    }

    @Test
    void embedsAsUnitVectorsInFloatAndBase64() throws Exception {
        String floats = embed("\"input\":[\"abc\",[1,2]],\"encoding_format\":\"float\"").body();
        double squares = 0;
        for (Field value : ApiFixture.at(floats, "data.0.embedding").items()) {
            squares += Math.pow(value.number(-1, 1), 2);
        }
        assertEquals(1, squares, 1e-6);
        assertEquals(1, ApiFixture.at(floats, "data.1.index").integer(0, 9));
        assertEquals(5, ApiFixture.at(floats, "usage.prompt_tokens").integer(0, 9));
        String base64 = embed("\"input\":\"abc\",\"encoding_format\":\"base64\",\"dimensions\":8").body();
        ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(ApiFixture.at(base64, "data.0.embedding").text()))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertEquals(8 * Float.BYTES, bytes.remaining());
        assertEquals(ApiFixture.at(floats, "data.0.embedding.1").number(-1, 1), bytes.getFloat(4));
    }

    @Test
    void refusesShorterVectorsAndUnknownFormats() throws Exception {
        assertEquals("unsupported_value",
                ApiFixture.at(embed("\"input\":\"a\",\"dimensions\":4").body(), "error.code").text());
        assertEquals("encoding_format",
                ApiFixture.at(embed("\"input\":\"a\",\"encoding_format\":\"hex\"").body(), "error.param").text());
        HttpResponse<String> tooLong = embed("\"input\":\"" + "x".repeat(5_000) + "\"");
        assertEquals(400, tooLong.statusCode());
        assertEquals("context_length_exceeded", ApiFixture.at(tooLong.body(), "error.code").text());
    }

    @Test
    void listsTheModelForBothWorlds() throws Exception {
        String list = api.get("/v1/models").body();
        assertEquals("list", ApiFixture.at(list, "object").text());
        assertEquals("echo", ApiFixture.at(list, "data.0.id").text());
        assertEquals("model", ApiFixture.at(list, "data.0.object").text());
        assertEquals(4_096, ApiFixture.at(list, "data.0.meta.n_ctx").integer(0, 9_999));
        assertEquals(123_456, ApiFixture.at(list, "data.0.meta.size").integer(0, 999_999));
        assertEquals("echo", ApiFixture.at(list, "models.0.name").text());
        assertEquals("2026-01-02", ApiFixture.at(list, "models.0.release_date").text());
        for (String name : new String[]{"echo", "parrot", "default"}) {
            assertEquals("echo", ApiFixture.at(api.get("/v1/models/" + name).body(), "id").text());
        }
    }

    @Test
    void exportsMetricsThatMove() throws Exception {
        complete("\"prompt\":\"abc\"");
        api.post("/v1/completions", "{");
        HttpResponse<String> response = api.get("/metrics");
        assertTrue(response.headers().firstValue("content-type").orElseThrow().startsWith("text/plain"));
        String text = response.body();
        for (String name : new String[]{"gen_ai_server_request_duration_seconds_bucket",
                "gen_ai_server_time_to_first_token_seconds_count", "gen_ai_server_time_per_output_token_seconds_sum",
                "gen_ai_client_token_usage_bucket", "outpost_requests_in_flight{class=\"alarm\"}",
                "outpost_queue_depth", "outpost_refused_total{reason=\"queue_full\"}", "outpost_prompt_tokens_total",
                "outpost_prompt_tokens_cached_total", "outpost_generated_tokens_total"}) {
            assertTrue(text.lines().anyMatch(line -> line.startsWith(name)), name + " is missing in\n" + text);
        }
        assertTrue(text.contains("gen_ai_operation_name=\"text_completion\",status=\"400\""), text);
        assertTrue(text.contains("gen_ai_operation_name=\"text_completion\",status=\"200\""), text);
    }

    private static HttpResponse<String> complete(String members) throws Exception {
        HttpResponse<String> response = api.post("/v1/completions", "{\"model\":\"echo\"," + members + "}");
        assertEquals(200, response.statusCode(), response.body());
        return response;
    }

    private static HttpResponse<String> embed(String members) throws Exception {
        return api.post("/v1/embeddings", "{\"model\":\"echo\"," + members + "}");
    }
}
