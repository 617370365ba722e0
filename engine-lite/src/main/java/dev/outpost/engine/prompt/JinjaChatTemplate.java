package dev.outpost.engine.prompt;

import dev.outpost.engine.failure.TemplateException;
import java.time.Clock;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A parsed template; each rendering gets its own budget, scope and evaluator. */
final class JinjaChatTemplate implements ChatTemplate {

    private final List<Statement> statements;
    private final Map<String, Object> constants;
    private final int maxCharacters;
    private final Clock clock;

    JinjaChatTemplate(String source, Map<String, String> constants, int maxCharacters, Clock clock) {
        try {
            this.statements = TemplateParser.parse(source);
        } catch (TemplateFailure failure) {
            throw failure.at(0);
        }
        this.constants = Map.copyOf(constants);
        this.maxCharacters = maxCharacters;
        this.clock = clock;
    }

    @Override
    public String render(List<Message> messages, List<ToolDefinition> tools, boolean addGenerationPrompt,
            Map<String, Object> extra) {
        Map<String, Object> variables = new HashMap<>(constants);
        variables.put("messages", messages.stream().map(JinjaChatTemplate::message).toList());
        variables.put("tools", tools.isEmpty() ? null : tools.stream().map(JinjaChatTemplate::tool).toList());
        variables.put("documents", null);
        variables.put("add_generation_prompt", addGenerationPrompt);
        extra.forEach(variables::putIfAbsent);
        return render(variables);
    }

    /** @param variables as maps, lists, strings, numbers, booleans and nulls */
    String render(Map<String, Object> variables) {
        RenderBudget budget = new RenderBudget(maxCharacters);
        Evaluator evaluator = new Evaluator(budget);
        try {
            Map<String, Object> names = new HashMap<>(new Globals(budget, clock).functions());
            variables.forEach((name, value) -> names.put(name, Values.imported(value)));
            return evaluator.render(statements, Scope.root(names));
        } catch (TemplateFailure failure) {
            throw failure.at(evaluator.line());
        } catch (StackOverflowError overflow) {
            throw new TemplateException(TemplateException.Reason.LIMIT,
                    "template evaluates too deep for this thread: line=" + evaluator.line());
        }
    }

    private static Map<String, Object> message(Message message) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("role", message.role());
        fields.put("content", message.content());
        if (!message.toolCalls().isEmpty()) {
            fields.put("tool_calls", message.toolCalls().stream().map(JinjaChatTemplate::toolCall).toList());
        }
        message.toolCallId().ifPresent(id -> fields.put("tool_call_id", id));
        message.name().ifPresent(name -> fields.put("name", name));
        return fields;
    }

    /** Templates expect arguments as an object, where the wire carries its text. */
    private static Map<String, Object> toolCall(Message.ToolCall call) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", call.name());
        function.put("arguments",
                JsonReader.read(call.arguments()).filter(Map.class::isInstance).orElse(call.arguments()));
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", call.id());
        fields.put("type", "function");
        fields.put("function", function);
        return fields;
    }

    private static Map<String, Object> tool(ToolDefinition tool) {
        Map<String, Object> function = new LinkedHashMap<>();
        function.put("name", tool.name());
        function.put("description", tool.description());
        function.put("parameters", tool.parameters());
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", "function");
        fields.put("function", function);
        return fields;
    }
}
