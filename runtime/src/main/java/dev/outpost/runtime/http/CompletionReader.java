package dev.outpost.runtime.http;

import dev.outpost.runtime.request.InferenceRequest;
import dev.outpost.runtime.request.Prompt;
import java.util.List;
import java.util.OptionalInt;

/** The bodies of {@code POST /v1/completions} and {@code POST /v1/embeddings}. Any thread. */
final class CompletionReader {

    /** OpenAI's default for completions. */
    private static final OptionalInt DEFAULT_MAX_TOKENS = OptionalInt.of(16);
    private static final int MAX_INPUTS = 2_048;

    private final OptionsReader options;
    private final ApiSettings settings;

    CompletionReader(OptionsReader options, ApiSettings settings) {
        this.options = options;
        this.settings = settings;
    }

    InferenceRequest.Completion read(Fields fields, OptionsReader.Origin origin) {
        fields.find("suffix").ifPresent(field -> {
            throw field.unsupported("insertion is not available");
        });
        int topLogprobs = fields.find("logprobs").map(field -> (int) field.integer(0, 20)).orElse(-1);
        var answer = options.read(fields, DEFAULT_MAX_TOKENS, topLogprobs, origin);
        fields.find("best_of").ifPresent(field -> {
            if (field.integer(1, settings.maxChoices()) != answer.choices()) {
                throw field.unsupported("best_of is not available, expected=n");
            }
        });
        Field prompt = fields.require("prompt");
        List<Prompt> prompts = prompts(prompt);
        if ((long) prompts.size() * answer.choices() > settings.maxChoices()) {
            throw prompt.badValue("too many choices, prompts times n expected at most " + settings.maxChoices()
                    + ", found=" + prompts.size() * answer.choices());
        }
        return new InferenceRequest.Completion(prompts, answer);
    }

    boolean echo(Fields fields) {
        return fields.find("echo").map(Field::flag).orElse(false);
    }

    InferenceRequest.Embedding readEmbedding(Fields fields, OptionsReader.Origin origin) {
        Field input = fields.require("input");
        List<Prompt> inputs = prompts(input);
        if (inputs.size() > MAX_INPUTS) {
            throw input.badValue("too many inputs, expected at most " + MAX_INPUTS + ", found=" + inputs.size());
        }
        return new InferenceRequest.Embedding(inputs, options.requestClass(fields, origin),
                options.client(fields, origin));
    }

    /** A string, strings, token ids, or lists of token ids. */
    private static List<Prompt> prompts(Field field) {
        if (field.isText()) {
            return List.of(text(field));
        }
        if (!field.isArray()) {
            throw field.wrongType("string or array");
        }
        List<Field> items = field.items();
        if (items.isEmpty()) {
            throw field.badValue("array is empty, expected at least 1 item");
        }
        if (items.getFirst().isNumber()) {
            return List.of(tokens(items));
        }
        return items.stream().map(item -> item.isArray() ? tokens(item) : text(item)).toList();
    }

    private static Prompt text(Field field) {
        if (field.text().isEmpty()) {
            throw field.badValue("text is empty, expected at least 1 character");
        }
        return new Prompt.Text(field.text());
    }

    private static Prompt tokens(Field list) {
        if (list.items().isEmpty()) {
            throw list.badValue("array is empty, expected at least 1 token id");
        }
        return tokens(list.items());
    }

    private static Prompt tokens(List<Field> items) {
        return new Prompt.Tokens(items.stream().mapToInt(item -> (int) item.integer(0, Integer.MAX_VALUE)).toArray());
    }
}
