package dev.outpost.runtime.sparkplug;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The array types: elements packed into bytes. Numbers are little-endian, one after the other; truth values are
 * their count in 4 bytes, then 8 a byte, the first in the highest bit; texts end with a zero byte.
 */
final class PackedArray {

    private PackedArray() {}

    /** @throws SparkplugException where the bytes are no array of this type */
    static List<MetricValue> read(DataType type, byte[] bytes) {
        return switch (type) {
            case BOOLEAN_ARRAY -> flags(bytes);
            case STRING_ARRAY -> texts(bytes);
            default -> numbers(type, bytes);
        };
    }

    static byte[] write(DataType type, List<MetricValue> elements) {
        var out = new ByteArrayOutputStream();
        switch (type) {
            case BOOLEAN_ARRAY -> out.writeBytes(packed(elements));
            case STRING_ARRAY -> elements.forEach(element -> {
                out.writeBytes(((MetricValue.Words) element).text().getBytes(StandardCharsets.UTF_8));
                out.write(0);
            });
            default -> elements.forEach(element -> little(bits(element), width(type), out));
        }
        return out.toByteArray();
    }

    private static List<MetricValue> numbers(DataType type, byte[] bytes) {
        int width = width(type);
        if (bytes.length % width != 0) {
            throw new SparkplugException("array does not end with an element: type=" + type + ", bytes="
                    + bytes.length);
        }
        var elements = new ArrayList<MetricValue>(bytes.length / width);
        for (int at = 0; at < bytes.length; at += width) {
            long value = 0;
            for (int i = 0; i < width; i++) {
                value |= (bytes[at + i] & 0xffL) << 8 * i;
            }
            elements.add(element(type, value));
        }
        return elements;
    }

    private static MetricValue element(DataType type, long bits) {
        return switch (type) {
            case FLOAT_ARRAY -> new MetricValue.Single(Float.intBitsToFloat((int) bits));
            case DOUBLE_ARRAY -> new MetricValue.Real(Double.longBitsToDouble(bits));
            case INT64_ARRAY, UINT64_ARRAY, DATE_TIME_ARRAY -> new MetricValue.Whole(bits);
            default -> new MetricValue.Int(type.number(bits));
        };
    }

    private static long bits(MetricValue element) {
        return switch (element) {
            case MetricValue.Int(long number) -> number;
            case MetricValue.Whole(long number) -> number;
            case MetricValue.Single(float number) -> Float.floatToRawIntBits(number);
            case MetricValue.Real(double number) -> Double.doubleToRawLongBits(number);
            default -> throw new SparkplugException("array element is no number: " + element);
        };
    }

    private static int width(DataType type) {
        if (type.wire() != DataType.Wire.BYTES || type.elementBytes() == 0) {
            throw new SparkplugException("type is no array of numbers: type=" + type);
        }
        return type.elementBytes();
    }

    private static void little(long value, int width, ByteArrayOutputStream out) {
        for (int i = 0; i < width; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }

    private static byte[] packed(List<MetricValue> flags) {
        var bytes = new byte[Integer.BYTES + (flags.size() + 7) / 8];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putInt(flags.size());
        for (int i = 0; i < flags.size(); i++) {
            if (((MetricValue.Flag) flags.get(i)).set()) {
                bytes[Integer.BYTES + i / 8] |= (byte) (0x80 >>> i % 8);
            }
        }
        return bytes;
    }

    private static List<MetricValue> flags(byte[] bytes) {
        long count = bytes.length < Integer.BYTES
                ? -1
                : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffff_ffffL;
        if (count < 0 || (count + 7) / 8 != bytes.length - Integer.BYTES) {
            throw new SparkplugException("array of truth values: count=" + count + ", bytes=" + bytes.length);
        }
        var elements = new ArrayList<MetricValue>((int) count);
        for (int i = 0; i < count; i++) {
            elements.add(new MetricValue.Flag((bytes[Integer.BYTES + i / 8] & 0x80 >>> i % 8) != 0));
        }
        return elements;
    }

    private static List<MetricValue> texts(byte[] bytes) {
        var elements = new ArrayList<MetricValue>();
        int start = 0;
        for (int at = 0; at < bytes.length; at++) {
            if (bytes[at] == 0) {
                elements.add(new MetricValue.Words(new String(bytes, start, at - start, StandardCharsets.UTF_8)));
                start = at + 1;
            }
        }
        if (start != bytes.length) {
            throw new SparkplugException("array of texts does not end with a text: bytes=" + bytes.length);
        }
        return elements;
    }
}
