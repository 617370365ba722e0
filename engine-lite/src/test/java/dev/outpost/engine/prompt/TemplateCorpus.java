package dev.outpost.engine.prompt;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Templates, conversations and the reference implementation's renderings; the resources' README tells the origin. */
final class TemplateCorpus {

    static final Clock CLOCK = Clock.fixed(Instant.parse("2026-09-05T07:08:09Z"), ZoneOffset.UTC);

    private static final int CHARACTERS = 1 << 20;

    private final Map<String, Object> conversations;
    private final Map<String, Object> templates;

    /** One rendering: its text, or empty where the reference fails. */
    record Case(String template, String conversation, boolean generate, Map<String, Object> extra,
            Optional<String> expected) {}

    TemplateCorpus(Object json) {
        conversations = JsonFixture.object(JsonFixture.object(json).get("conversations"));
        templates = JsonFixture.object(JsonFixture.object(json).get("templates"));
    }

    Iterable<String> names() {
        return templates.keySet();
    }

    ChatTemplate template(String name) {
        Map<String, Object> template = JsonFixture.object(templates.get(name));
        Map<String, String> constants = Map.of("bos_token", (String) template.get("bos"), "eos_token",
                (String) template.get("eos"));
        return ChatTemplate.of((String) template.get("template"), constants, CHARACTERS, CLOCK);
    }

    List<Case> cases(String name) {
        List<Case> cases = new ArrayList<>();
        for (Object element : JsonFixture.list(JsonFixture.object(templates.get(name)).get("cases"))) {
            Map<String, Object> fields = JsonFixture.object(element);
            cases.add(new Case(name, (String) fields.get("conversation"), (Boolean) fields.get("generate"),
                    JsonFixture.object(fields.get("extra")), Optional.ofNullable((String) fields.get("text"))));
        }
        return cases;
    }

    String render(ChatTemplate template, Case one) {
        Map<String, Object> conversation = JsonFixture.object(conversations.get(one.conversation()));
        List<Message> messages = JsonFixture.list(conversation.get("messages")).stream().map(TemplateCorpus::message)
                .toList();
        List<ToolDefinition> tools = JsonFixture.list(conversation.get("tools")).stream().map(TemplateCorpus::tool)
                .toList();
        return template.render(messages, tools, one.generate(), one.extra());
    }

    private static Message message(Object json) {
        Map<String, Object> fields = JsonFixture.object(json);
        List<Message.ToolCall> calls = new ArrayList<>();
        for (Object element : JsonFixture.list(fields.getOrDefault("tool_calls", List.of()))) {
            Map<String, Object> call = JsonFixture.object(element);
            Map<String, Object> function = JsonFixture.object(call.get("function"));
            calls.add(new Message.ToolCall((String) call.get("id"), (String) function.get("name"),
                    (String) function.get("arguments")));
        }
        return new Message((String) fields.get("role"), (String) fields.get("content"), calls,
                Optional.ofNullable((String) fields.get("tool_call_id")),
                Optional.ofNullable((String) fields.get("name")));
    }

    private static ToolDefinition tool(Object json) {
        Map<String, Object> fields = JsonFixture.object(json);
        return new ToolDefinition((String) fields.get("name"), (String) fields.get("description"),
                JsonFixture.object(fields.get("parameters")));
    }
}
