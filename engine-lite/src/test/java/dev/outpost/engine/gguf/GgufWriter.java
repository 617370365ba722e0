package dev.outpost.engine.gguf;

import dev.outpost.engine.quant.QuantType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes small GGUF files for tests. Values appear in the order of the calls; {@link #mark} tells afterwards where a
 * field lies, so that a test can spoil it. One thread.
 */
public final class GgufWriter {

    private final List<Pair> pairs = new ArrayList<>();
    private final List<Tensor> tensors = new ArrayList<>();
    private final Map<String, Integer> marks = new HashMap<>();
    private int version = 3;
    private int alignment = 32;

    private record Pair(byte[] key, int type, byte[] value) {}

    private record Tensor(byte[] name, int type, long[] shape, byte[] data) {}

    public GgufWriter version(int newVersion) {
        version = newVersion;
        return this;
    }

    /** Lays tensors out so, and says so in the metadata. */
    public GgufWriter alignment(int newAlignment) {
        alignment = newAlignment;
        return u32("general.alignment", newAlignment);
    }

    public GgufWriter string(String key, String value) {
        return text(key, value.getBytes(StandardCharsets.UTF_8));
    }

    public GgufWriter text(String key, byte[] value) {
        return value(key, ValueType.STRING.ordinal(), sized(value));
    }

    public GgufWriter u32(String key, int value) {
        return value(key, ValueType.U32.ordinal(), fixed(4).putInt(value).array());
    }

    public GgufWriter u64(String key, long value) {
        return value(key, ValueType.U64.ordinal(), fixed(8).putLong(value).array());
    }

    public GgufWriter f32(String key, float value) {
        return value(key, ValueType.F32.ordinal(), fixed(4).putFloat(value).array());
    }

    public GgufWriter bool(String key, boolean value) {
        return value(key, ValueType.BOOL.ordinal(), new byte[]{(byte) (value ? 1 : 0)});
    }

    public GgufWriter strings(String key, List<String> values) {
        return texts(key, values.stream().map(value -> value.getBytes(StandardCharsets.UTF_8)).toList());
    }

    public GgufWriter texts(String key, List<byte[]> values) {
        var bytes = new ByteArrayOutputStream();
        values.forEach(value -> bytes.writeBytes(sized(value)));
        return array(key, ValueType.STRING.ordinal(), values.size(), bytes.toByteArray());
    }

    /** As i32. */
    public GgufWriter integers(String key, int... values) {
        ByteBuffer bytes = fixed(4 * values.length);
        for (int value : values) {
            bytes.putInt(value);
        }
        return array(key, ValueType.I32.ordinal(), values.length, bytes.array());
    }

    /** As f32. */
    public GgufWriter decimals(String key, float... values) {
        ByteBuffer bytes = fixed(4 * values.length);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return array(key, ValueType.F32.ordinal(), values.length, bytes.array());
    }

    /** An array with whatever count and elements. */
    public GgufWriter array(String key, int elementType, long count, byte[] elements) {
        byte[] value = fixed(12 + elements.length).putInt(elementType).putLong(count).put(elements).array();
        return value(key, ValueType.ARRAY.ordinal(), value);
    }

    /** A value of whatever type and bytes. */
    public GgufWriter value(String key, int type, byte[] value) {
        return value(key.getBytes(StandardCharsets.UTF_8), type, value);
    }

    public GgufWriter value(byte[] key, int type, byte[] value) {
        pairs.add(new Pair(key, type, value));
        return this;
    }

    /** @param shape in ggml's order, row length first */
    public GgufWriter tensor(String name, QuantType type, byte[] data, long... shape) {
        return tensor(name.getBytes(StandardCharsets.UTF_8), type.id(), data, shape);
    }

    public GgufWriter tensor(String name, float[] values, long... shape) {
        ByteBuffer bytes = fixed(4 * values.length);
        for (float value : values) {
            bytes.putFloat(value);
        }
        return tensor(name, QuantType.F32, bytes.array(), shape);
    }

    /** A tensor of whatever name and type. */
    public GgufWriter tensor(byte[] name, int type, byte[] data, long... shape) {
        tensors.add(new Tensor(name, type, shape, data));
        return this;
    }

    /** Takes a pair out again. */
    public GgufWriter without(String key) {
        pairs.removeIf(pair -> new String(pair.key, StandardCharsets.UTF_8).equals(key));
        return this;
    }

    /** Takes a tensor out again. */
    public GgufWriter withoutTensor(String name) {
        tensors.removeIf(tensor -> new String(tensor.name, StandardCharsets.UTF_8).equals(name));
        return this;
    }

    public List<String> keys() {
        return pairs.stream().map(pair -> new String(pair.key, StandardCharsets.UTF_8)).toList();
    }

    public List<String> tensorNames() {
        return tensors.stream().map(tensor -> new String(tensor.name, StandardCharsets.UTF_8)).toList();
    }

    public byte[] bytes() {
        marks.clear();
        var out = new ByteArrayOutputStream();
        out.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        put(out, "version", fixed(4).putInt(version));
        put(out, "tensors", fixed(8).putLong(tensors.size()));
        put(out, "pairs", fixed(8).putLong(pairs.size()));
        for (Pair pair : pairs) {
            String key = new String(pair.key, StandardCharsets.UTF_8);
            put(out, "key " + key, fixed(8 + pair.key.length).putLong(pair.key.length).put(pair.key));
            put(out, "type " + key, fixed(4).putInt(pair.type));
            put(out, "value " + key, ByteBuffer.wrap(pair.value));
        }
        int offset = 0;
        for (Tensor tensor : tensors) {
            String name = new String(tensor.name, StandardCharsets.UTF_8);
            put(out, "name " + name, fixed(8 + tensor.name.length).putLong(tensor.name.length).put(tensor.name));
            ByteBuffer shape = fixed(4 + 8 * tensor.shape.length).putInt(tensor.shape.length);
            for (long dimension : tensor.shape) {
                shape.putLong(dimension);
            }
            put(out, "shape " + name, shape);
            put(out, "quant " + name, fixed(4).putInt(tensor.type));
            put(out, "offset " + name, fixed(8).putLong(offset));
            offset = padded(offset + tensor.data.length);
        }
        marks.put("table end", out.size());
        for (Tensor tensor : tensors) {
            out.writeBytes(new byte[padded(out.size()) - out.size()]);
            put(out, "data " + new String(tensor.name, StandardCharsets.UTF_8), ByteBuffer.wrap(tensor.data));
        }
        return out.toByteArray();
    }

    /** Offset of a field of the bytes last made, such as {@code version}, {@code value KEY} or {@code offset NAME}. */
    public int mark(String field) {
        if (!marks.containsKey(field)) {
            throw new IllegalArgumentException("no such field: " + field + " in " + marks.keySet());
        }
        return marks.get(field);
    }

    public Path write(Path file) {
        try {
            return Files.write(file, bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void put(ByteArrayOutputStream out, String mark, ByteBuffer bytes) {
        marks.put(mark, out.size());
        out.writeBytes(bytes.array());
    }

    private int padded(int size) {
        return (size + alignment - 1) / alignment * alignment;
    }

    private static byte[] sized(byte[] text) {
        return fixed(8 + text.length).putLong(text.length).put(text).array();
    }

    private static ByteBuffer fixed(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
