package dev.outpost.runtime.sparkplug;

import java.util.Optional;

/** Sparkplug's data types; a constant's ordinal is its number on the wire. */
public enum DataType {

    UNKNOWN(Wire.NONE, 0), INT8(Wire.INT, 8), INT16(Wire.INT, 16), INT32(Wire.INT, 32), INT64(Wire.LONG, 64), UINT8(
            Wire.INT,
            -8), UINT16(Wire.INT, -16), UINT32(Wire.INT, -32), UINT64(Wire.LONG, 64), FLOAT(Wire.FLOAT, 32), DOUBLE(
                    Wire.DOUBLE,
                    64), BOOLEAN(Wire.BOOLEAN, 1), STRING(Wire.STRING, 0), DATE_TIME(Wire.LONG, 64), TEXT(Wire.STRING,
                            0), UUID(Wire.STRING, 0), DATA_SET(Wire.DATA_SET, 0), BYTES(Wire.BYTES, 0), FILE(Wire.BYTES,
                                    0), TEMPLATE(Wire.TEMPLATE, 0), PROPERTY_SET(Wire.PROPERTIES, 0), PROPERTY_SET_LIST(
                                            Wire.PROPERTIES,
                                            0), INT8_ARRAY(Wire.BYTES, 8), INT16_ARRAY(Wire.BYTES, 16), INT32_ARRAY(
                                                    Wire.BYTES,
                                                    32), INT64_ARRAY(Wire.BYTES, 64), UINT8_ARRAY(Wire.BYTES,
                                                            -8), UINT16_ARRAY(Wire.BYTES, -16), UINT32_ARRAY(Wire.BYTES,
                                                                    -32), UINT64_ARRAY(Wire.BYTES, 64), FLOAT_ARRAY(
                                                                            Wire.BYTES, 32), DOUBLE_ARRAY(Wire.BYTES,
                                                                                    64), BOOLEAN_ARRAY(Wire.BYTES,
                                                                                            1), STRING_ARRAY(Wire.BYTES,
                                                                                                    0), DATE_TIME_ARRAY(
                                                                                                            Wire.BYTES,
                                                                                                            64);

    /** Which member of the message's {@code oneof} carries a value. */
    enum Wire {
        NONE, INT, LONG, FLOAT, DOUBLE, BOOLEAN, STRING, BYTES, DATA_SET, TEMPLATE, PROPERTIES
    }

    private final Wire wire;
    private final int bits;

    DataType(Wire wire, int bits) {
        this.wire = wire;
        this.bits = bits;
    }

    /** Empty for a number no data type has. */
    static Optional<DataType> of(long number) {
        var all = values();
        return number > 0 && number < all.length ? Optional.of(all[(int) number]) : Optional.empty();
    }

    int number() {
        return ordinal();
    }

    Wire wire() {
        return wire;
    }

    /** Of one element, where elements are numbers. */
    int elementBytes() {
        return Math.abs(bits) / 8;
    }

    /** A basic type: one that a column, a parameter or a property may have. */
    boolean isBasic() {
        return this != UNKNOWN && ordinal() <= UUID.ordinal();
    }

    /** The number that {@code bits} of the wire mean: sign-extended, or cut to the type's width. */
    long number(long wireBits) {
        return switch (bits) {
            case 8 -> (byte) wireBits;
            case 16 -> (short) wireBits;
            case 32 -> (int) wireBits;
            case -8 -> wireBits & 0xffL;
            case -16 -> wireBits & 0xffffL;
            case -32 -> wireBits & 0xffff_ffffL;
            default -> wireBits;
        };
    }

    /** A value off the wire as one of this type: whole numbers come in either width, and without their sign. */
    MetricValue read(MetricValue value) {
        return switch (value) {
            case MetricValue.Int(long bits) when wire == Wire.INT -> new MetricValue.Int(number(bits));
            case MetricValue.Whole(long bits) when wire == Wire.INT -> new MetricValue.Int(number(bits));
            case MetricValue.Int(long bits) when wire == Wire.LONG -> new MetricValue.Whole(bits);
            default -> value;
        };
    }

    /** Whether {@code value} is one this type can have. */
    boolean fits(MetricValue value) {
        return switch (value) {
            case MetricValue.Absent() -> true;
            case MetricValue.Int(long number) -> wire == Wire.INT && number(number) == number;
            case MetricValue.Whole whole -> wire == Wire.LONG;
            case MetricValue.Single single -> wire == Wire.FLOAT;
            case MetricValue.Real real -> wire == Wire.DOUBLE;
            case MetricValue.Flag flag -> wire == Wire.BOOLEAN;
            case MetricValue.Words words -> wire == Wire.STRING;
            case MetricValue.Octets octets -> wire == Wire.BYTES;
            case MetricValue.Table table -> wire == Wire.DATA_SET;
            case MetricValue.Form form -> wire == Wire.TEMPLATE;
            case MetricValue.Properties properties -> this == PROPERTY_SET;
            case MetricValue.PropertyList list -> this == PROPERTY_SET_LIST;
        };
    }
}
