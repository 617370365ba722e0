package dev.outpost.engine.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the weights of a file really say: likeliest next tokens with log-probabilities, computed in F32 throughout.
 *
 * @param first position whose successor {@code next.get(0)} of each chunk describes
 */
record GoldenTruth(int first, List<Chunk> chunks) {

    /** Teacher-forced tokens and the distribution after each from {@code first} on. */
    record Chunk(int[] tokens, List<Next> next) {}

    /** The likeliest tokens, best first, natural log-probabilities; {@code rest}: log of what the others share. */
    record Next(int[] ids, double[] logProbabilities, double rest) {

        /** KL divergence of {@code logits} from this distribution over its tokens and the rest as one more. */
        double divergence(float[] logits) {
            double top = max(logits);
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit - top);
            }
            double logSum = top + Math.log(sum);
            double shared = 1;
            double divergence = 0;
            for (int i = 0; i < ids.length; i++) {
                double found = logits[ids[i]] - logSum;
                shared -= Math.exp(found);
                divergence += Math.exp(logProbabilities[i]) * (logProbabilities[i] - found);
            }
            return divergence + Math.exp(rest) * (rest - Math.log(Math.max(shared, 1e-12)));
        }

        boolean sameTop(float[] logits) {
            return logits[ids[0]] == max(logits);
        }

        private static float max(float[] logits) {
            float max = Float.NEGATIVE_INFINITY;
            for (float logit : logits) {
                max = Math.max(max, logit);
            }
            return max;
        }
    }

    static GoldenTruth read(Path file) throws IOException {
        var root = asMap(json(file));
        var chunks = new ArrayList<Chunk>();
        for (var each : asList(root.get("chunks"))) {
            var chunk = asMap(each);
            chunks.add(new Chunk(integers(chunk.get("tokens")),
                    asList(chunk.get("next")).stream().map(GoldenTruth::next).toList()));
        }
        return new GoldenTruth(((Number) root.get("first")).intValue(), chunks);
    }

    private static Next next(Object value) {
        var next = asMap(value);
        return new Next(integers(next.get("id")),
                asList(next.get("lp")).stream().mapToDouble(lp -> ((Number) lp).doubleValue()).toArray(),
                ((Number) next.get("rest")).doubleValue());
    }

    static int[] integers(Object value) {
        return asList(value).stream().mapToInt(id -> ((Number) id).intValue()).toArray();
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> asMap(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    static List<Object> asList(Object value) {
        return (List<Object>) value;
    }

    /** A JSON file as maps, lists, strings and numbers. */
    static Object json(Path file) throws IOException {
        try (var parser = new JsonFactory().createParser(file.toFile())) {
            parser.nextToken();
            return value(parser);
        }
    }

    private static Object value(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case START_OBJECT -> {
                var map = new LinkedHashMap<String, Object>();
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String key = parser.currentName();
                    parser.nextToken();
                    map.put(key, value(parser));
                }
                yield map;
            }
            case START_ARRAY -> {
                var list = new ArrayList<>();
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    list.add(value(parser));
                }
                yield list;
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            default -> parser.getText();
        };
    }
}
