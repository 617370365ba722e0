package dev.outpost.engine.gguf;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** Reads the values of one key. One thread, one call. */
final class ValueReader {

    private final HeaderBytes header;
    private final String key;

    ValueReader(HeaderBytes header, String key) {
        this.header = header;
        this.key = key;
    }

    byte[] bytes(MetadataValue.Text text) {
        return header.copy(text.at() + 8, text.length(), key);
    }

    boolean bool(long at) {
        return header.u8(at, key) == 1;
    }

    long integer(ValueType type, long at) {
        return switch (type) {
            case U8 -> header.u8(at, key);
            case I8 -> (byte) header.u8(at, key);
            case U16 -> header.u16(at, key);
            case I16 -> (short) header.u16(at, key);
            case U32 -> Integer.toUnsignedLong(header.i32(at, key));
            case I32 -> header.i32(at, key);
            case I64 -> header.i64(at, key);
            case U64 -> {
                long value = header.i64(at, key);
                if (value < 0) {
                    throw RejectCode.BAD_NUMBER.at(at, key, "integer is out of range: expected<=" + Long.MAX_VALUE
                            + ", found=" + Long.toUnsignedString(value));
                }
                yield value;
            }
            case F32, F64, BOOL, STRING, ARRAY -> throw new IllegalArgumentException("no integer: type=" + type);
        };
    }

    int[] integers(MetadataValue.Elements elements) {
        int[] integers = new int[elements.count()];
        int width = elements.type().bytes();
        for (int i = 0; i < integers.length; i++) {
            long at = elements.at() + (long) i * width;
            long value = integer(elements.type(), at);
            if (value != (int) value) {
                throw RejectCode.BAD_NUMBER.at(at, key,
                        "array element is out of range: index=" + i + ", expected=32 bits, found=" + value);
            }
            integers[i] = (int) value;
        }
        return integers;
    }

    private double decimal(ValueType type, long at) {
        return type == ValueType.F32
                ? Float.intBitsToFloat(header.i32(at, key))
                : Double.longBitsToDouble(header.i64(at, key));
    }

    double finite(ValueType type, long at) {
        double value = decimal(type, at);
        if (!Double.isFinite(value)) {
            throw RejectCode.BAD_NUMBER.at(at, key, "number is not finite: expected=finite, found=" + value);
        }
        return value;
    }

    float[] decimals(MetadataValue.Elements elements) {
        float[] decimals = new float[elements.count()];
        int width = elements.type().bytes();
        for (int i = 0; i < decimals.length; i++) {
            decimals[i] = (float) finite(elements.type(), elements.at() + (long) i * width);
        }
        return decimals;
    }

    TextColumn column(MetadataValue.Elements elements) {
        byte[] text = new byte[elements.textBytes()];
        int[] ends = new int[elements.count()];
        long at = elements.at();
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            long length = header.i64(at, key);
            if (length < 0 || length > text.length - end) {
                throw RejectCode.FILE_CHANGED.at(at, key, "string length changed while the file was read: expected<="
                        + (text.length - end) + ", found=" + length);
            }
            header.copy(at + 8, (int) length, text, end, key);
            end += (int) length;
            ends[i] = end;
            at += 8 + length;
        }
        return new TextColumn(text, ends);
    }

    Object shown(ValueType type, long at) {
        if (type.isInteger()) {
            return type == ValueType.U64 ? header.i64(at, key) : integer(type, at);
        }
        return type.isDecimal() ? (Object) decimal(type, at) : (Object) bool(at);
    }

    GgufMetadata.ArrayPreview preview(MetadataValue.Elements elements) {
        var first = new ArrayList<>();
        long at = elements.at();
        for (int i = 0; i < Math.min(elements.count(), GgufMetadata.ArrayPreview.SHOWN); i++) {
            if (elements.type() == ValueType.STRING) {
                var text = new MetadataValue.Text(at, Math.toIntExact(header.i64(at, key)));
                first.add(new String(bytes(text), StandardCharsets.UTF_8));
                at += 8 + text.length();
            } else {
                first.add(shown(elements.type(), at));
                at += elements.type().bytes();
            }
        }
        return new GgufMetadata.ArrayPreview(elements.type().word(), elements.count(), first);
    }
}
