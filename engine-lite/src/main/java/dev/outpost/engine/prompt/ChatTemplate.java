package dev.outpost.engine.prompt;

import java.util.List;
import java.util.Map;

/** Messages to prompt text, by the template of the model file. Immutable, any thread. */
public interface ChatTemplate {

    /**
     * @param messages at least one
     * @param tools function definitions, may be empty
     * @param addGenerationPrompt ends with the opening of an assistant turn
     * @param extra further template variables, such as {@code enable_thinking}
     * @return the prompt's text; tokenised with special tokens parsed
     * @throws dev.outpost.engine.failure.TemplateException if the template refuses the messages ({@code raise_exception}) or breaks a limit
     */
    String render(List<Message> messages, List<ToolDefinition> tools, boolean addGenerationPrompt,
            Map<String, Object> extra);
}
