package dev.outpost.runtime.request;

import dev.outpost.engine.RequestClass;
import dev.outpost.engine.prompt.Message;
import dev.outpost.engine.prompt.ToolDefinition;
import java.util.List;
import java.util.Map;

/** One request, whatever wire it came over. */
public sealed interface InferenceRequest {

    RequestClass requestClass();

    String client();

    /** A request that is answered with text. */
    sealed interface Generating extends InferenceRequest {

        AnswerOptions options();

        @Override
        default RequestClass requestClass() {
            return options().requestClass();
        }

        @Override
        default String client() {
            return options().client();
        }
    }

    /**
     * A conversation to be answered.
     *
     * @param messages at least one
     * @param tools functions the template may show to the model
     * @param templateExtra further template variables
     */
    record Chat(List<Message> messages, List<ToolDefinition> tools, Map<String, Object> templateExtra,
            AnswerOptions options) implements Generating {
        public Chat {
            messages = List.copyOf(messages);
            tools = List.copyOf(tools);
        }
    }

    /** Texts or token sequences to be continued; choices of prompt {@code p} are {@code p * n} to {@code p * n + n - 1}. */
    record Completion(List<Prompt> prompts, AnswerOptions options) implements Generating {
        public Completion {
            prompts = List.copyOf(prompts);
        }
    }

    /** Texts or token sequences whose mean hidden state is wanted. */
    record Embedding(List<Prompt> inputs, RequestClass requestClass, String client) implements InferenceRequest {
        public Embedding {
            inputs = List.copyOf(inputs);
        }
    }
}
