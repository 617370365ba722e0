package dev.outpost.runtime.http;

import dev.outpost.engine.prompt.Message;
import dev.outpost.engine.prompt.ToolDefinition;
import dev.outpost.runtime.request.AnswerOptions;
import dev.outpost.runtime.request.InferenceRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** The body of {@code POST /v1/chat/completions}. Any thread. */
final class ChatReader {

    private final OptionsReader options;

    ChatReader(OptionsReader options) {
        this.options = options;
    }

    InferenceRequest.Chat read(Fields fields, OptionsReader.Origin origin) {
        refuseUnkept(fields);
        List<Message> messages = messages(fields.require("messages"));
        AnswerOptions answer = options.read(fields, OptionalInt.empty(), topLogprobs(fields), origin);
        return new InferenceRequest.Chat(messages, tools(fields), templateExtra(fields), answer);
    }

    /** A constraint that cannot be kept is refused, never dropped. */
    private static void refuseUnkept(Fields fields) {
        fields.find("response_format").ifPresent(format -> {
            Field type = format.object().require("type");
            if (!type.text().equals("text")) {
                throw type.unsupported("structured output is not available, expected=text");
            }
        });
        fields.find("modalities").ifPresent(modalities -> modalities.items().forEach(item -> {
            if (!item.text().equals("text")) {
                throw item.unsupported("only text is answered");
            }
        }));
        for (String name : List.of("functions", "function_call", "audio")) {
            fields.find(name).ifPresent(field -> {
                throw field.unsupported("not available");
            });
        }
        fields.find("store").ifPresent(store -> {
            if (store.flag()) {
                throw store.unsupported("answers are not stored");
            }
        });
    }

    private static int topLogprobs(Fields fields) {
        boolean wanted = fields.find("logprobs").map(Field::flag).orElse(false);
        Optional<Field> top = fields.find("top_logprobs");
        if (top.isPresent() && !wanted) {
            throw top.get().badValue("top_logprobs needs logprobs=true");
        }
        return wanted ? top.map(field -> (int) field.integer(0, 20)).orElse(0) : -1;
    }

    private static List<Message> messages(Field field) {
        List<Field> items = field.items();
        if (items.isEmpty()) {
            throw field.badValue("messages is empty, expected at least 1");
        }
        return items.stream().map(ChatReader::message).toList();
    }

    private static Message message(Field item) {
        Fields fields = item.object();
        Field role = fields.require("role");
        List<Message.ToolCall> calls = fields.find("tool_calls")
                .map(field -> field.items().stream().map(ChatReader::toolCall).toList()).orElse(List.of());
        Optional<Field> content = fields.find("content");
        if (content.isEmpty() && calls.isEmpty() && fields.find("refusal").isEmpty()) {
            fields.require("content");
        }
        String text = content.or(() -> fields.find("refusal")).map(ChatReader::content).orElse("");
        return new Message(role(role), text, calls, fields.find("tool_call_id").map(Field::text),
                fields.find("name").map(Field::text));
    }

    private static String role(Field role) {
        return switch (role.text()) {
            case "system", "developer" -> "system";
            case "user" -> "user";
            case "assistant" -> "assistant";
            case "tool", "function" -> "tool";
            default -> throw role.badValue("unknown role, expected system, developer, user, assistant or tool");
        };
    }

    /** Text, or text parts one after the other. */
    private static String content(Field content) {
        if (!content.isArray()) {
            return content.text();
        }
        var text = new StringBuilder();
        for (Field part : content.items()) {
            Fields fields = part.object();
            Field type = fields.require("type");
            switch (type.text()) {
                case "text" -> text.append(fields.require("text").text());
                case "refusal" -> text.append(fields.require("refusal").text());
                default -> throw type.unsupported("this model reads text parts only");
            }
        }
        return text.toString();
    }

    private static Message.ToolCall toolCall(Field item) {
        Fields call = item.object();
        Fields function = call.require("function").object();
        return new Message.ToolCall(call.find("id").map(Field::text).orElse(""), function.require("name").text(),
                function.find("arguments").map(Field::text).orElse("{}"));
    }

    /** Definitions are shown to the model by its template; calls are not parsed out of the answer. */
    private static List<ToolDefinition> tools(Fields fields) {
        List<ToolDefinition> tools = fields.find("tools")
                .map(field -> field.items().stream().map(ChatReader::tool).toList()).orElse(List.of());
        fields.accept("parallel_tool_calls");
        Optional<Field> choice = fields.find("tool_choice");
        if (choice.isEmpty()) {
            return tools;
        }
        Field field = choice.get();
        if (!field.isText()) {
            field.object();
            throw field.unsupported("a forced tool is not available, expected=auto or none");
        }
        return switch (field.text()) {
            case "auto" -> tools;
            case "none" -> List.of();
            case "required" -> throw field.unsupported("a forced tool is not available, expected=auto or none");
            default -> throw field.badValue("unknown tool_choice, expected=auto or none");
        };
    }

    private static ToolDefinition tool(Field item) {
        Fields tool = item.object();
        Field type = tool.require("type");
        if (!type.text().equals("function")) {
            throw type.unsupported("only function tools are known");
        }
        Fields function = tool.require("function").object();
        return new ToolDefinition(function.require("name").text(),
                function.find("description").map(Field::text).orElse(""),
                function.find("parameters").map(field -> field.object().plain()).orElse(Map.of()));
    }

    private static Map<String, Object> templateExtra(Fields fields) {
        return fields.find("chat_template_kwargs").map(field -> field.object().plain()).orElse(Map.of());
    }
}
