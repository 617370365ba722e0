package dev.outpost.engine.prompt;

import dev.outpost.engine.failure.TemplateException;
import dev.outpost.engine.gguf.GgufMetadata;
import dev.outpost.engine.tokenizer.Tokenizer;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Messages to prompt text, by the template of the model file. Immutable, any thread. */
public interface ChatTemplate {

    /** Twice the 1 MiB a request may have. */
    int MIN_CHARACTERS = 2 << 20;

    /**
     * The template a model file brings ({@code tokenizer.chat_template}), with the names of the model's opening and closing
     * tokens as {@code bos_token} and {@code eos_token}. Keeps nothing of the file.
     *
     * <p>A template that cannot be read is kept with its failure, which every rendering then throws: the model still completes
     * plain prompts. A rendering is held to 4 characters per token of context, and never to less than twice the largest request
     * body, so that what is merely too long is refused by its count of tokens.
     *
     * @param context tokens of one request
     * @return empty where the file brings none
     */
    static Optional<ChatTemplate> read(GgufMetadata metadata, Tokenizer tokenizer, int context) {
        Map<String, String> constants = new HashMap<>();
        constants.put("bos_token",
                tokenizer.beginOfSequence().stream().mapToObj(tokenizer::piece).findFirst().orElse(""));
        constants.put("eos_token",
                tokenizer.endOfSequence().stream().mapToObj(tokenizer::piece).findFirst().orElse(""));
        int maxCharacters = Math.clamp(4L * context, MIN_CHARACTERS, Integer.MAX_VALUE / 2);
        return metadata.string("tokenizer.chat_template").map(source -> {
            try {
                return of(source, constants, maxCharacters, Clock.systemDefaultZone());
            } catch (TemplateException unreadable) {
                System.getLogger(ChatTemplate.class.getName()).log(System.Logger.Level.WARNING,
                        "the model's chat template cannot be read: {0}", unreadable.getMessage());
                return (_, _, _, _) -> {
                    throw new TemplateException(unreadable.reason(), unreadable.getMessage());
                };
            }
        });
    }

    /**
     * @param constants variables of every rendering
     * @param maxCharacters of a rendering, and of any text made on the way
     * @param clock what {@code strftime_now} reads
     * @throws dev.outpost.engine.failure.TemplateException if the template's text cannot be read
     */
    static ChatTemplate of(String source, Map<String, String> constants, int maxCharacters, Clock clock) {
        return new JinjaChatTemplate(source, constants, maxCharacters, clock);
    }

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
