package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every refusal is an error object with all four keys, the right status and the path of the parameter at fault. */
class RefusalsTest {

    private static final String CHAT = "/v1/chat/completions";
    private static ApiFixture api;

    @BeforeAll
    static void start() throws InterruptedException {
        api = ApiFixture.serving();
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @ParameterizedTest(name = "{0} is {1} at {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "`\"temperature\":\"warm\"`|invalid_type|temperature", "`\"temperature\":3`|invalid_value|temperature",
            "`\"temperature\":1e400`|invalid_value|temperature", "`\"top_p\":-0.1`|invalid_value|top_p",
            "`\"n\":1000000000`|invalid_value|n", "`\"n\":0`|invalid_value|n", "`\"n\":1.5`|invalid_type|n",
            "`\"n\":1e999999999`|invalid_value|n", "`\"max_tokens\":0`|invalid_value|max_tokens",
            "`\"max_tokens\":-1`|invalid_value|max_tokens", "`\"seed\":\"x\"`|invalid_type|seed",
            "`\"seed\":99999999999999999999`|invalid_value|seed", "`\"stop\":[\"a\",7]`|invalid_type|stop[1]",
            "`\"stop\":\"\"`|invalid_value|stop",
            "`\"stream\":\"yes\"`|invalid_type|stream",
            "`\"stream_options\":{\"include_usage\":1}`|invalid_type|stream_options.include_usage",
            "`\"logit_bias\":{\"x\":1}`|invalid_value|logit_bias.x",
            "`\"logit_bias\":{\"7\":101}`|invalid_value|logit_bias.7",
            "`\"logit_bias\":{\"99999\":1}`|invalid_value|logit_bias.99999",
            "`\"logit_bias\":[]`|invalid_type|logit_bias",
            "`\"top_logprobs\":3`|invalid_value|top_logprobs",
            "`\"logprobs\":true,\"top_logprobs\":21`|invalid_value|top_logprobs",
            "`\"response_format\":{\"type\":\"json_object\"}`|unsupported_value|response_format.type",
            "`\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{}}`|unsupported_value|response_format.type",
            "`\"tool_choice\":\"required\"`|unsupported_value|tool_choice",
            "`\"tool_choice\":{\"type\":\"function\"}`|unsupported_value|tool_choice",
            "`\"tools\":[{\"type\":\"function\"}]`|missing_required_parameter|tools[0].function",
            "`\"functions\":[]`|unsupported_value|functions", "`\"grammar\":\"root ::= x\"`|unsupported_value|grammar",
            "`\"structured_outputs\":{}`|unsupported_value|structured_outputs",
            "`\"modalities\":[\"audio\"]`|unsupported_value|modalities[0]",
            "`\"outpost\":{\"priority\":\"urgent\"}`|invalid_value|outpost.priority",
            "`\"user\":7`|invalid_type|user"})
    void namesTheParameterOfAChatAtFault(String member, String code, String param) throws Exception {
        assertRefused(api.post(CHAT, ApiFixture.chat("x", member)), 400, code, param);
    }

    @ParameterizedTest(name = "{0} is {1} at {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"`{}`|missing_required_parameter|model",
            "`{\"model\":\"echo\"}`|missing_required_parameter|messages",
            "`{\"model\":null,\"messages\":[]}`|missing_required_parameter|model",
            "`{\"model\":7,\"messages\":[]}`|invalid_type|model",
            "`{\"model\":\"echo\",\"messages\":{}}`|invalid_type|messages",
            "`{\"model\":\"echo\",\"messages\":[]}`|invalid_value|messages",
            "`{\"model\":\"echo\",\"messages\":[7]}`|invalid_type|messages[0]",
            "`{\"model\":\"echo\",\"messages\":[{\"content\":\"x\"}]}`|missing_required_parameter|messages[0].role",
            "`{\"model\":\"echo\",\"messages\":[{\"role\":\"user\"}]}`|missing_required_parameter|messages[0].content",
            "`{\"model\":\"echo\",\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}`|invalid_value|messages[0].role",
            "`{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"},"
                    + "{\"role\":\"user\",\"content\":5}]}`|invalid_type|messages[1].content",
            "`{\"model\":\"echo\",\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\","
                    + "\"image_url\":{\"url\":\"file:///x\"}}]}]}`|unsupported_value|messages[0].content[0].type"})
    void namesTheMessageAtFault(String body, String code, String param) throws Exception {
        assertRefused(api.post(CHAT, body), 400, code, param);
    }

    @ParameterizedTest(name = "{0} is {1} at {2}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "`\"x\":1`|missing_required_parameter|prompt", "`\"prompt\":7`|invalid_type|prompt",
            "`\"prompt\":\"\"`|invalid_value|prompt", "`\"prompt\":[]`|invalid_value|prompt",
            "`\"prompt\":[1,\"a\"]`|invalid_type|prompt[1]", "`\"prompt\":[[1],[]]`|invalid_value|prompt[1]",
            "`\"prompt\":[[1,2],[3,-4]]`|invalid_value|prompt[1][1]", "`\"prompt\":[1,5000]`|invalid_value|prompt",
            "`\"prompt\":\"a\",\"suffix\":\"b\"`|unsupported_value|suffix",
            "`\"prompt\":\"a\",\"best_of\":3`|unsupported_value|best_of",
            "`\"prompt\":\"a\",\"logprobs\":true`|invalid_type|logprobs",
            "`\"prompt\":\"a\",\"logprobs\":1,\"echo\":true`|unsupported_value|echo",
            "`\"prompt\":[\"a\",\"b\",\"c\"],\"n\":7`|invalid_value|prompt"})
    void namesTheParameterOfACompletionAtFault(String member, String code, String param) throws Exception {
        assertRefused(api.post("/v1/completions", "{\"model\":\"echo\"," + member + "}"), 400, code, param);
    }

    @ParameterizedTest(name = "{0} is invalid_json")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"`{`", "`{\"model\":\"echo\"`", "`nonsense`",
            "`{\"a\":1,\"a\":2}`", "`{\"a\":NaN}`", "`{\"a\":01}`", "`{} {}`", "`{'a':1}`",
            "`{\"a\":1111111111111111111111111111111111111111111111111111111111111111111111}`"})
    void refusesWhatIsNotJson(String body) throws Exception {
        HttpResponse<String> response = api.post(CHAT, body);
        assertEquals(400, response.statusCode());
        assertEquals("invalid_json", ApiFixture.at(response.body(), "error.code").text());
    }

    @Test
    void refusesSeventeenStopTexts() throws Exception {
        String texts = "\"stop\":[" + "\"a\",".repeat(16) + "\"b\"]";
        assertRefused(api.post(CHAT, ApiFixture.chat("x", texts)), 400, "invalid_value", "stop");
    }

    @Test
    void refusesBodiesThatAreNoObject() throws Exception {
        assertEquals(400, api.post(CHAT, "").statusCode());
        assertEquals("invalid_type", ApiFixture.at(api.post(CHAT, "[]").body(), "error.code").text());
    }

    @Test
    void refusesDeepAndCrowdedJsonQuickly() throws Exception {
        String deep = "{\"a\":" + "[".repeat(65) + "]".repeat(65) + "}";
        assertEquals("invalid_json", ApiFixture.at(api.post(CHAT, deep).body(), "error.code").text());
        String crowded = "[" + "1,".repeat(200_000) + "1]";
        long start = System.nanoTime();
        assertEquals("invalid_json", ApiFixture.at(api.post(CHAT, crowded).body(), "error.code").text());
        assertTrue(System.nanoTime() - start < 2_000_000_000L);
    }

    @Test
    void refusesAnUnknownModelWith404() throws Exception {
        HttpResponse<String> response = api.post(CHAT,
                "{\"model\":\"../etc/passwd\\u0000\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}");
        assertRefused(response, 404, "model_not_found", "model");
        assertEquals("not_found_error", ApiFixture.at(response.body(), "error.type").text());
        assertRefused(api.get("/v1/models/gpt-9"), 404, "model_not_found", "model");
    }

    @Test
    void refusesAPromptOverTheContextWithBothCounts() throws Exception {
        HttpResponse<String> response = api.post(CHAT, ApiFixture.chat("x".repeat(5_000), ""));
        assertRefused(response, 400, "context_length_exceeded", "messages");
        assertEquals(5_000, ApiFixture.at(response.body(), "error.n_prompt_tokens").integer(0, 9_999));
        assertEquals(4_096, ApiFixture.at(response.body(), "error.n_ctx").integer(0, 9_999));
    }

    @Test
    void refusesAPromptThatLeavesNoRoomForOneToken() throws Exception {
        String full = "{\"model\":\"echo\",\"prompt\":\"" + "x".repeat(FakeEngine.CONTEXT) + "\"}";
        assertRefused(api.post("/v1/completions", full), 400, "context_length_exceeded", "prompt");
        String room = "{\"model\":\"echo\",\"prompt\":\"" + "x".repeat(FakeEngine.CONTEXT - 1) + "\"}";
        assertEquals(200, api.post("/v1/completions", room).statusCode());
    }

    @Test
    void refusesAnOversizeBodyWith413AndNeverRetryAfter() throws Exception {
        HttpResponse<String> response = api.post(CHAT, ApiFixture.chat("x".repeat((1 << 20) + 1), ""));
        assertEquals(413, response.statusCode());
        assertEquals("body_too_large", ApiFixture.at(response.body(), "error.code").text());
        assertEquals("request_too_large_error", ApiFixture.at(response.body(), "error.type").text());
        assertTrue(response.headers().firstValue("retry-after").isEmpty());
    }

    @Test
    void answersUnknownRoutesAndMethodsWithErrorObjects() throws Exception {
        assertEquals("not_found", ApiFixture.at(api.get("/v1/files").body(), "error.code").text());
        assertEquals(404, api.post("/v1/audio/speech", "{}").statusCode());
        HttpResponse<String> wrong = api.get(CHAT);
        assertEquals(405, wrong.statusCode());
        assertEquals("POST", wrong.headers().firstValue("allow").orElseThrow());
    }

    @Test
    void refusesForeignOriginsAndKeepsOurOwn() throws Exception {
        HttpResponse<String> foreign = api.post(CHAT, ApiFixture.chat("x", ""), "Origin", "http://evil.example");
        assertEquals(403, foreign.statusCode());
        assertEquals("origin_not_allowed", ApiFixture.at(foreign.body(), "error.code").text());
        assertTrue(foreign.headers().firstValue("access-control-allow-origin").isEmpty());
        assertEquals(200, api.post(CHAT, ApiFixture.chat("x", ""), "Origin", api.address()).statusCode());
    }

    @Test
    void refusesAChatWithoutATemplate() throws Exception {
        api.engine.template = false;
        try {
            assertRefused(api.post(CHAT, ApiFixture.chat("x", "")), 400, "unsupported_value", "messages");
        } finally {
            api.engine.template = true;
        }
    }

    private static void assertRefused(HttpResponse<String> response, int status, String code, String param) {
        assertEquals(status, response.statusCode(), response.body());
        Fields error = ApiFixture.at(response.body(), "error").object();
        assertTrue(error.names().containsAll(java.util.List.of("message", "type", "param", "code")), response.body());
        assertEquals(code, error.require("code").text(), response.body());
        assertEquals(param, error.require("param").text(), response.body());
    }
}
