package dev.outpost.engine.model;

/**
 * Rotary position embedding: which frequencies, stretched how.
 *
 * <p>Pair {@code i} of a head turns by {@code position * frequency[i]}, with {@code frequency[i] = base^(-2i/dimensions)}
 * (RoFormer, arXiv 2104.09864), divided by a factor per pair where the file has {@code rope_freqs.weight} (Llama 3),
 * divided by {@code factor} when scaled linearly, or blended between both by YaRN (arXiv 2309.00071, section 3.2).
 *
 * @param dimensions leading dimensions of a head that turn; the rest stay; even
 * @param base frequency base
 * @param kind how positions beyond the trained ones are reached
 * @param factor how many times the original context; 1 with {@link Kind#NONE}
 * @param originalContext tokens before stretching, for YaRN
 * @param magnitude what YaRN multiplies cosine and sine by; 1 otherwise
 */
public record RopeScaling(int dimensions, double base, Kind kind, double factor, int originalContext,
        double magnitude) {

    /** {@code rope.scaling.type}. */
    public enum Kind {
        NONE, LINEAR, YARN
    }

    /** Rotations over the original context below which YaRN stretches fully, and above which not at all. */
    private static final double YARN_SLOW = 1;
    private static final double YARN_FAST = 32;

    static RopeScaling read(HyperParameters file, int headDim) {
        int dimensions = file.integer("rope.dimension_count", 2, headDim, headDim);
        file.require("rope.dimension_count", dimensions % 2 == 0, "an even number", dimensions);
        double base = file.decimal("rope.freq_base", 1, 1e15, 10_000);
        var kind = kind(file);
        double factor = kind == Kind.NONE ? 1 : file.decimal("rope.scaling.factor", 1, 1e6, legacyFactor(file));
        int original = file.integer("rope.scaling.original_context_length", 1, Integer.MAX_VALUE,
                file.integer("context_length", 1, Integer.MAX_VALUE));
        double attention = file.decimal("rope.scaling.attn_factor", 1e-3, 1e3, 1);
        double magnitude = kind == Kind.YARN ? attention * (1 + 0.1 * Math.log(factor)) : attention;
        return new RopeScaling(dimensions, base, kind, factor, original, magnitude);
    }

    private static Kind kind(HyperParameters file) {
        String word = file.word("rope.scaling.type").orElse(file.has("rope.scale_linear") ? "linear" : "none");
        return switch (word) {
            case "none" -> Kind.NONE;
            case "linear" -> Kind.LINEAR;
            case "yarn" -> Kind.YARN;
            default -> throw file.unknownWord("rope.scaling.type", "none, linear or yarn");
        };
    }

    private static double legacyFactor(HyperParameters file) {
        return file.decimal("rope.scale_linear", 1, 1e6, 1);
    }

    /**
     * Radians per position of each pair.
     *
     * @param divisors {@code rope_freqs.weight}, one per pair, or empty
     * @return [dimensions / 2]
     */
    public double[] frequencies(float[] divisors) {
        var frequencies = new double[dimensions / 2];
        for (int i = 0; i < frequencies.length; i++) {
            double plain = Math.pow(base, -2.0 * i / dimensions) / (divisors.length == 0 ? 1 : divisors[i]);
            frequencies[i] = switch (kind) {
                case NONE -> plain;
                case LINEAR -> plain / factor;
                case YARN -> {
                    double kept = yarnKept(i);
                    yield plain * kept + plain / factor * (1 - kept);
                }
            };
        }
        return frequencies;
    }

    /** Share of pair {@code i} that keeps its frequency: 1 for fast pairs, 0 for slow ones, a ramp between. */
    private double yarnKept(int i) {
        double low = Math.max(0, Math.floor(pairThatTurns(YARN_FAST)));
        double high = Math.min(dimensions - 1, Math.ceil(pairThatTurns(YARN_SLOW)));
        return 1 - Math.clamp((i - low) / Math.max(0.001, high - low), 0, 1);
    }

    /** The pair (fractional) that turns {@code rotations} times over the original context. */
    private double pairThatTurns(double rotations) {
        return dimensions * Math.log(originalContext / (rotations * 2 * Math.PI)) / (2 * Math.log(base));
    }
}
