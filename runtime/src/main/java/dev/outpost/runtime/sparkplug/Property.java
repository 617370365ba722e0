package dev.outpost.runtime.sparkplug;

/** One property of a metric, such as its unit or its quality. */
public record Property(String key, DataType type, MetricValue value) {

    private static final String QUALITY = "Quality";

    public Property {
        if (!type.fits(value)) {
            throw new SparkplugException("property does not fit its type: key=" + key + ", type=" + type);
        }
        if (key.equals(QUALITY)) {
            requireQuality(type, value);
        }
    }

    /** The unit a host shows beside the value. */
    public static Property unit(String unit) {
        return new Property("engUnit", DataType.STRING, new MetricValue.Words(unit));
    }

    /** How far the value can be trusted. */
    public static Property quality(Quality quality) {
        return new Property(QUALITY, DataType.INT32, new MetricValue.Int(quality.code()));
    }

    private static void requireQuality(DataType type, MetricValue value) {
        boolean known = value instanceof MetricValue.Int(long code)
                && (code == Quality.BAD.code() || code == Quality.GOOD.code() || code == Quality.STALE.code());
        if (type != DataType.INT32 || !known) {
            throw new SparkplugException("quality: expected an Int32 of 0, 192 or 500, found=" + value);
        }
    }

    /** The three qualities Sparkplug knows. */
    public enum Quality {

        BAD(0), GOOD(192), STALE(500);

        private final int code;

        Quality(int code) {
            this.code = code;
        }

        int code() {
            return code;
        }
    }
}
