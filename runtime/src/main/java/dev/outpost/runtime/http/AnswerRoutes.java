package dev.outpost.runtime.http;

import dev.outpost.runtime.observe.ApiMetrics;
import dev.outpost.runtime.request.Answer;
import dev.outpost.runtime.request.InferenceRequest;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;

/** {@code /v1/chat/completions} and {@code /v1/completions}. Order: size, parse, validate, admission. */
final class AnswerRoutes {

    private final ApiSettings settings;
    private final ApiMetrics metrics;
    private final JsonReader reader = new JsonReader();
    private final OptionsReader options;
    private final ChatReader chats;
    private final CompletionReader completions;

    AnswerRoutes(ApiSettings settings, ApiMetrics metrics) {
        this.settings = settings;
        this.metrics = metrics;
        this.options = new OptionsReader(settings);
        this.chats = new ChatReader(options);
        this.completions = new CompletionReader(options, settings);
    }

    void chat(Exchange exchange, Fields fields, ServedModel model) throws InterruptedException {
        InferenceRequest.Chat request = chats.read(fields, origin(exchange));
        Delivery delivery = options.delivery(fields, false);
        warn(exchange, fields);
        try (Answer answer = model.inference().answer(request)) {
            AnswerHead head = head("chatcmpl-", model, request, delivery);
            deliver(exchange, answer, new ChatWire(head, texts(model)), delivery);
        }
    }

    void completion(Exchange exchange, Fields fields, ServedModel model) throws InterruptedException {
        InferenceRequest.Completion request = completions.read(fields, origin(exchange));
        Delivery delivery = options.delivery(fields, completions.echo(fields));
        refuseScoring(request, delivery);
        warn(exchange, fields);
        try (Answer answer = model.inference().answer(request)) {
            AnswerHead head = head("cmpl-", model, request, delivery);
            List<String> echoes = IntStream.range(0, answer.choices())
                    .mapToObj(choice -> delivery.echo() ? model.inference().text(answer.prompt(choice)) : "").toList();
            deliver(exchange, answer, new CompletionWire(head, texts(model), echoes), delivery);
        }
    }

    void embedding(Exchange exchange, Fields fields, ServedModel model) throws InterruptedException {
        InferenceRequest.Embedding request = completions.readEmbedding(fields, origin(exchange));
        var wire = EmbeddingWire.read(fields, model.engine().card().hidden(), model.label().name());
        warn(exchange, fields);
        exchange.json(wire.whole(new EmbeddingDelivery(exchange, model.inference()).await(request)));
    }

    /** Reads the body: nothing is held for a client that is slow to send it. */
    Fields fields(Exchange exchange) {
        return new Field("", reader.read(exchange.body(settings.maxBodyBytes()))).object();
    }

    private void deliver(Exchange exchange, Answer answer, AnswerWire wire, Delivery delivery)
            throws InterruptedException {
        exchange.watch().answerBegins(answer::cancel);
        var carrier = new AnswerDelivery(exchange, answer, wire, metrics);
        if (delivery.stream()) {
            carrier.streamed(delivery.includeUsage());
        } else {
            carrier.whole();
        }
    }

    private AnswerHead head(String prefix, ServedModel model, InferenceRequest.Generating request,
            Delivery delivery) {
        return new AnswerHead(RequestIds.fresh(prefix), Instant.now().getEpochSecond(), model.label().name(),
                model.fingerprint(), request.options().topLogprobs() >= 0, delivery.includeUsage());
    }

    private static TokenTexts texts(ServedModel model) {
        return new TokenTexts(model.engine().tokenizer());
    }

    /** Log-probabilities of an echoed prompt would be another computation; a wrong answer would look right. */
    private static void refuseScoring(InferenceRequest.Completion request, Delivery delivery) {
        if (delivery.echo() && request.options().topLogprobs() >= 0) {
            throw new ApiException(
                    ApiError.unsupported("echo", "log-probabilities of the prompt are not available: param=echo"));
        }
    }

    private static void warn(Exchange exchange, Fields fields) {
        List<String> ignored = fields.ignored().stream().map(name -> name.replaceAll("[^A-Za-z0-9_.-]", "?"))
                .limit(32).toList();
        if (!ignored.isEmpty()) {
            exchange.header("outpost-warning", "ignored=" + String.join(",", ignored));
        }
    }

    private static OptionsReader.Origin origin(Exchange exchange) {
        return new OptionsReader.Origin(exchange.clientAddress(), exchange.requestHeader("outpost-priority"));
    }
}
