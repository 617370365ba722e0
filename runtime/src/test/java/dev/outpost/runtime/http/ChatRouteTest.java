package dev.outpost.runtime.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.RequestClass;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ChatRouteTest {

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
    void answersWithAllFieldsClientsCheck() throws Exception {
        HttpResponse<String> response = api.post("/v1/chat/completions", ApiFixture.chat("hello", ""));
        assertEquals(200, response.statusCode(), response.body());
        assertEquals("application/json", response.headers().firstValue("content-type").orElseThrow());
        assertTrue(response.headers().firstValue("content-length").isPresent());
        String body = response.body();
        assertEquals("chat.completion", ApiFixture.at(body, "object").text());
        assertEquals("echo", ApiFixture.at(body, "model").text());
        assertTrue(ApiFixture.at(body, "id").text().startsWith("chatcmpl-"));
        assertEquals("hello", ApiFixture.at(body, "choices.0.message.content").text());
        assertEquals("assistant", ApiFixture.at(body, "choices.0.message.role").text());
        assertEquals("stop", ApiFixture.at(body, "choices.0.finish_reason").text());
        assertTrue(body.contains("\"refusal\":null"));
        assertTrue(body.contains("\"logprobs\":null"));
        assertEquals(5, ApiFixture.at(body, "usage.prompt_tokens").integer(0, 99));
        assertEquals(5, ApiFixture.at(body, "usage.completion_tokens").integer(0, 99));
        assertEquals(10, ApiFixture.at(body, "usage.total_tokens").integer(0, 99));
        assertEquals(2, ApiFixture.at(body, "usage.prompt_tokens_details.cached_tokens").integer(0, 99));
    }

    @Test
    void streamsChunksWithOneIdAndEndsWithDone() throws Exception {
        String body = api.post("/v1/chat/completions",
                ApiFixture.chat("abc", "\"stream\":true,\"stream_options\":{\"include_usage\":true}")).body();
        List<String> events = List.of(body.split("\n\n"));
        assertTrue(events.stream().allMatch(event -> event.startsWith("data: ")), body);
        assertEquals("data: [DONE]", events.getLast());
        List<String> chunks = events.stream().map(event -> event.substring(6)).filter(json -> !json.equals("[DONE]"))
                .toList();
        assertEquals(1, chunks.stream().map(chunk -> ApiFixture.at(chunk, "id").text()).distinct().count());
        assertEquals("assistant", ApiFixture.at(chunks.getFirst(), "choices.0.delta.role").text());
        assertTrue(chunks.getFirst().contains("\"content\":null"));
        assertEquals("a", ApiFixture.at(chunks.get(1), "choices.0.delta.content").text());
        assertTrue(chunks.get(1).endsWith("\"usage\":null}"));
        assertEquals("stop", ApiFixture.at(chunks.get(4), "choices.0.finish_reason").text());
        assertTrue(chunks.getLast().contains("\"choices\":[]"));
        assertEquals(6, ApiFixture.at(chunks.getLast(), "usage.total_tokens").integer(0, 99));
        assertEquals(6, chunks.size());
    }

    @Test
    void leavesUsageOutOfAStreamThatDidNotAskForIt() throws Exception {
        String body = api.post("/v1/chat/completions", ApiFixture.chat("abc", "\"stream\":true")).body();
        assertFalse(body.contains("usage"));
    }

    @Test
    void numbersSeveralChoicesAndCountsThePromptOnce() throws Exception {
        String body = api.post("/v1/chat/completions", ApiFixture.chat("abcd", "\"n\":3,\"seed\":7")).body();
        assertEquals(3, ApiFixture.at(body, "choices").items().size());
        assertEquals(2, ApiFixture.at(body, "choices.2.index").integer(0, 9));
        assertEquals(4, ApiFixture.at(body, "usage.prompt_tokens").integer(0, 99));
        assertEquals(12, ApiFixture.at(body, "usage.completion_tokens").integer(0, 99));
        assertTrue(List.of(7L, 8L, 9L).contains(api.engine.last.get().sampling().seed()));
    }

    @Test
    void streamsSeveralChoicesEachWithItsOwnEnd() throws Exception {
        String body = api.post("/v1/chat/completions", ApiFixture.chat("abcd", "\"n\":3,\"stream\":true")).body();
        for (int choice = 0; choice < 3; choice++) {
            String index = "\"choices\":[{\"index\":" + choice;
            assertEquals(1, count(body, index + ",\"delta\":{\"role\":\"assistant\""));
            assertEquals(4, count(body, index + ",\"delta\":{\"content\":"));
            assertEquals(1, count(body, index + ",\"delta\":{},\"logprobs\":null,\"finish_reason\":\"stop\""));
        }
    }

    @Test
    void reportsLogprobsWithBytesAndReplacesInfinity() throws Exception {
        String body = api.post("/v1/chat/completions", ApiFixture.chat("hi", "\"logprobs\":true,\"top_logprobs\":2"))
                .body();
        assertEquals("h", ApiFixture.at(body, "choices.0.logprobs.content.0.token").text());
        assertEquals(-0.25f, ApiFixture.at(body, "choices.0.logprobs.content.0.logprob").number(-1, 0));
        assertEquals('h', ApiFixture.at(body, "choices.0.logprobs.content.0.bytes.0").integer(0, 255));
        assertEquals(-9999f,
                ApiFixture.at(body, "choices.0.logprobs.content.1.top_logprobs.1.logprob").number(-1e9, 0));
    }

    @Test
    void keepsLogprobsOfBytesThatFormOneCharacterTogether() throws Exception {
        String body = api
                .post("/v1/chat/completions", ApiFixture.chat("\u00e4", "\"logprobs\":true,\"stream\":true")).body();
        String chunk = body.split("\n\n")[1].substring(6);
        assertEquals("\u00e4", ApiFixture.at(chunk, "choices.0.delta.content").text());
        assertEquals(2, ApiFixture.at(chunk, "choices.0.logprobs.content").items().size());
    }

    @Test
    void leavesTheStopTextAndItsTokensOut() throws Exception {
        String body = api.post("/v1/chat/completions", ApiFixture.chat("one.two", "\"stop\":\".\",\"logprobs\":true"))
                .body();
        assertEquals("one", ApiFixture.at(body, "choices.0.message.content").text());
        assertEquals(3, ApiFixture.at(body, "choices.0.logprobs.content").items().size());
        assertEquals("stop", ApiFixture.at(body, "choices.0.finish_reason").text());
    }

    @Test
    void takesTheSmallerOfTheTwoMaxima() throws Exception {
        String body = api.post("/v1/chat/completions",
                ApiFixture.chat("abcdef", "\"max_tokens\":4,\"max_completion_tokens\":2")).body();
        assertEquals("ab", ApiFixture.at(body, "choices.0.message.content").text());
        assertEquals("length", ApiFixture.at(body, "choices.0.finish_reason").text());
    }

    @Test
    void passesEverySamplingParameterOn() throws Exception {
        api.post("/v1/chat/completions", ApiFixture.chat("x", """
                "temperature":0.5,"top_p":0.75,"top_k":7,"min_p":0.25,"repeat_penalty":1.5,"frequency_penalty":0.5,
                "presence_penalty":-0.5,"logit_bias":{"65":-100},"seed":-3,"stop":["a","b"],"top_logprobs":3,
                "logprobs":true,"ignore_eos":true"""));
        var request = api.engine.last.get();
        var sampling = request.sampling();
        assertEquals(0.5f, sampling.temperature());
        assertEquals(0.75f, sampling.topP());
        assertEquals(7, sampling.topK());
        assertEquals(0.25f, sampling.minP());
        assertEquals(1.5f, sampling.repeatPenalty());
        assertEquals(0.5f, sampling.frequencyPenalty());
        assertEquals(-0.5f, sampling.presencePenalty());
        assertEquals(-100f, sampling.logitBias().get(65));
        assertEquals(-3, sampling.seed());
        assertEquals(List.of("a", "b"), request.stop());
        assertEquals(3, request.topLogprobs());
        assertTrue(request.ignoreEnd());
    }

    @Test
    void drawsANewSeedWhereNoneIsGiven() throws Exception {
        api.post("/v1/chat/completions", ApiFixture.chat("x", ""));
        long first = api.engine.last.get().sampling().seed();
        api.post("/v1/chat/completions", ApiFixture.chat("x", ""));
        assertTrue(first != api.engine.last.get().sampling().seed());
    }

    @Test
    void readsPriorityFromHeaderAndBodyAndTheBodyWins() throws Exception {
        api.post("/v1/chat/completions", ApiFixture.chat("x", ""), "Outpost-Priority", "batch");
        assertEquals(RequestClass.BATCH, api.engine.last.get().requestClass());
        api.post("/v1/chat/completions", ApiFixture.chat("x", "\"outpost\":{\"priority\":\"alarm\"}"),
                "Outpost-Priority", "batch");
        assertEquals(RequestClass.ALARM, api.engine.last.get().requestClass());
        api.post("/v1/chat/completions", ApiFixture.chat("x", ""));
        assertEquals(RequestClass.NORMAL, api.engine.last.get().requestClass());
    }

    @Test
    void tellsUsersOfOneAddressApartWithoutKeepingTheirNames() throws Exception {
        api.post("/v1/chat/completions", ApiFixture.chat("x", "\"user\":\"ann@example.org\""));
        String ann = api.engine.last.get().client();
        api.post("/v1/chat/completions", ApiFixture.chat("x", "\"user\":\"bob@example.org\""));
        assertTrue(!ann.equals(api.engine.last.get().client()));
        assertTrue(ann.startsWith("127.0.0.1#"));
        assertFalse(ann.contains("ann"));
    }

    @Test
    void namesIgnoredParameters() throws Exception {
        var response = api.post("/v1/chat/completions",
                ApiFixture.chat("x", "\"mirostat\":2,\"seed\":1,\"wibble\":{}"));
        assertEquals(200, response.statusCode());
        assertEquals("ignored=mirostat,wibble", response.headers().firstValue("outpost-warning").orElseThrow());
    }

    @Test
    void echoesTheRequestIdOrMakesOne() throws Exception {
        var own = api.post("/v1/chat/completions", ApiFixture.chat("x", ""), "X-Request-Id", "abc-1");
        assertEquals("abc-1", own.headers().firstValue("x-request-id").orElseThrow());
        var made = api.post("/v1/chat/completions", "{", "X-Request-Id", "a b");
        assertTrue(made.headers().firstValue("x-request-id").orElseThrow().startsWith("req_"));
    }

    @Test
    void joinsTextPartsAndShowsToolsToTheTemplate() throws Exception {
        var response = api.post("/v1/chat/completions", """
                {"model":"parrot","messages":[{"role":"developer","content":"be brief"},
                 {"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}],
                 "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],
                 "tool_choice":"auto","chat_template_kwargs":{"enable_thinking":false}}""");
        assertEquals(200, response.statusCode(), response.body());
        String rendered = api.engine.rendered.get();
        assertTrue(rendered.contains("name=f"), rendered);
        assertTrue(rendered.contains("enable_thinking=false"), rendered);
        assertTrue(rendered.endsWith("be brief\nab"), rendered);
    }

    private static int count(String text, String part) {
        return text.split(java.util.regex.Pattern.quote(part), -1).length - 1;
    }
}
