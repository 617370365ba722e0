package dev.outpost.runtime.http;

import dev.outpost.engine.RequestClass;
import dev.outpost.engine.sampling.SamplingOptions;
import dev.outpost.runtime.request.AnswerOptions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/** The parameters that chat and completions share. Any thread. */
final class OptionsReader {

    /** Constraints this server cannot keep yet: refused, since dropping one silently would break its promise. */
    private static final List<String> CONSTRAINTS = List.of("grammar", "structured_outputs", "json_schema",
            "guided_json", "guided_regex", "guided_choice", "guided_grammar");
    private static final int MAX_STOP_LENGTH = 1_024;

    private final ApiSettings settings;

    OptionsReader(ApiSettings settings) {
        this.settings = settings;
    }

    /**
     * @param defaultMaxTokens where the request names none
     * @param topLogprobs as read by the route: the two wires spell it differently
     * @param origin who asks and how urgently, from outside the body
     */
    AnswerOptions read(Fields fields, OptionalInt defaultMaxTokens, int topLogprobs, Origin origin) {
        CONSTRAINTS.forEach(name -> fields.find(name).ifPresent(field -> {
            throw field.unsupported("constrained output is not available");
        }));
        int choices = fields.find("n").map(field -> (int) field.integer(1, settings.maxChoices())).orElse(1);
        boolean ignoreEnd = fields.find("ignore_eos").map(Field::flag).orElse(false);
        return new AnswerOptions(maxTokens(fields, defaultMaxTokens), choices, sampling(fields), stop(fields),
                topLogprobs, ignoreEnd, requestClass(fields, origin), client(fields, origin),
                settings.requestTimeout());
    }

    RequestClass requestClass(Fields fields, Origin origin) {
        Optional<Field> extension = fields.find("outpost").flatMap(field -> field.object().find("priority"));
        if (extension.isPresent()) {
            return requestClass(extension.get());
        }
        return origin.priority().map(word -> requestClass(new Field("Outpost-Priority", new Json.Text(word))))
                .orElse(RequestClass.NORMAL);
    }

    /** The address and, where named, a digest of the user: fairness needs to tell users apart, not to know them. */
    String client(Fields fields, Origin origin) {
        fields.accept("safety_identifier", "prompt_cache_key", "metadata");
        return origin.address() + fields.find("user").map(field -> "#" + digest(field.text())).orElse("");
    }

    Delivery delivery(Fields fields, boolean echo) {
        boolean stream = fields.find("stream").map(Field::flag).orElse(false);
        boolean usage = fields.find("stream_options").map(Field::object)
                .flatMap(options -> options.find("include_usage")).map(Field::flag).orElse(false);
        return new Delivery(stream, stream && usage, echo);
    }

    private static RequestClass requestClass(Field field) {
        String word = field.text();
        for (RequestClass each : RequestClass.values()) {
            if (each.name().toLowerCase(Locale.ROOT).equals(word)) {
                return each;
            }
        }
        throw field.badValue("unknown priority, expected alarm, normal or batch");
    }

    /** Of the two maxima the smaller wins. */
    private static OptionalInt maxTokens(Fields fields, OptionalInt defaultMaxTokens) {
        OptionalInt older = tokens(fields, "max_tokens");
        OptionalInt newer = tokens(fields, "max_completion_tokens");
        if (older.isPresent() && newer.isPresent()) {
            return OptionalInt.of(Math.min(older.getAsInt(), newer.getAsInt()));
        }
        if (older.isPresent()) {
            return older;
        }
        return newer.isPresent() ? newer : defaultMaxTokens;
    }

    private static OptionalInt tokens(Fields fields, String name) {
        return fields.find(name).map(field -> OptionalInt.of((int) field.integer(1, Integer.MAX_VALUE)))
                .orElse(OptionalInt.empty());
    }

    private static SamplingOptions sampling(Fields fields) {
        Optional<Field> repeat = fields.find("repeat_penalty").or(() -> fields.find("repetition_penalty"));
        fields.accept("repetition_penalty");
        long seed = fields.find("seed").map(field -> field.integer(Long.MIN_VALUE, Long.MAX_VALUE))
                .orElseGet(() -> ThreadLocalRandom.current().nextLong());
        // OpenAI allows top_p 0 and others top_k -1: the likeliest token alone, and off.
        float topP = Math.max(Float.MIN_VALUE, number(fields, "top_p", 0, 1, 1));
        int topK = fields.find("top_k").map(field -> (int) field.integer(-1, Integer.MAX_VALUE)).orElse(0);
        return new SamplingOptions(number(fields, "temperature", 0, 2, 1), Math.max(0, topK), topP,
                Math.min(Math.nextDown(1f), number(fields, "min_p", 0, 1, 0)),
                repeat.map(field -> field.number(0.01, 4)).orElse(1f), number(fields, "frequency_penalty", -2, 2, 0),
                number(fields, "presence_penalty", -2, 2, 0), logitBias(fields), seed);
    }

    private static float number(Fields fields, String name, double least, double most, float absent) {
        return fields.find(name).map(field -> field.number(least, most)).orElse(absent);
    }

    private static Map<Integer, Float> logitBias(Fields fields) {
        var biases = new HashMap<Integer, Float>();
        fields.find("logit_bias").map(Field::object).ifPresent(object -> object.all().forEach(field -> {
            String name = field.path().substring("logit_bias.".length());
            biases.put(tokenId(field, name), field.number(-100, 100));
        }));
        return biases;
    }

    private static int tokenId(Field field, String name) {
        try {
            int id = Integer.parseInt(name);
            if (id >= 0) {
                return id;
            }
        } catch (NumberFormatException ignored) {
            // Refused below, together with negative ids.
        }
        throw field.badValue("logit_bias names no token id");
    }

    private static List<String> stop(Fields fields) {
        Optional<Field> stop = fields.find("stop");
        if (stop.isEmpty()) {
            return List.of();
        }
        List<Field> texts = stop.get().isText() ? List.of(stop.get()) : stop.get().items();
        if (texts.size() > 16) {
            throw stop.get().badValue("too many stop texts, expected at most 16, found=" + texts.size());
        }
        return texts.stream().map(OptionsReader::stopText).toList();
    }

    private static String stopText(Field field) {
        String text = field.text();
        if (text.isEmpty() || text.length() > MAX_STOP_LENGTH) {
            throw field.badValue("stop text length out of range, expected 1.." + MAX_STOP_LENGTH + ", found="
                    + text.length());
        }
        return text;
    }

    private static String digest(String user) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(user.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /**
     * What is known of a request beside its body.
     *
     * @param address the client's address
     * @param priority the word of the {@code Outpost-Priority} header
     */
    record Origin(String address, Optional<String> priority) {}
}
