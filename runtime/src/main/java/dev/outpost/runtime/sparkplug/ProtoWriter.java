package dev.outpost.runtime.sparkplug;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes protobuf fields: varint key {@code field << 3 | type}, then varint, 4 or 8 bytes, or length and bytes. */
final class ProtoWriter {

    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int BYTES = 2;
    static final int FIXED32 = 5;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    void varint(int field, long value) {
        raw((long) field << 3 | VARINT);
        raw(value);
    }

    void flag(int field, boolean value) {
        varint(field, value ? 1 : 0);
    }

    void single(int field, float value) {
        raw((long) field << 3 | FIXED32);
        little(Float.floatToRawIntBits(value), Integer.BYTES);
    }

    void real(int field, double value) {
        raw((long) field << 3 | FIXED64);
        little(Double.doubleToRawLongBits(value), Long.BYTES);
    }

    void text(int field, String value) {
        bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    void bytes(int field, byte[] value) {
        raw((long) field << 3 | BYTES);
        raw(value.length);
        out.writeBytes(value);
    }

    void message(int field, Consumer<ProtoWriter> content) {
        var inner = new ProtoWriter();
        content.accept(inner);
        bytes(field, inner.toByteArray());
    }

    byte[] toByteArray() {
        return out.toByteArray();
    }

    private void raw(long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.write((int) (left & 0x7f | 0x80));
            left >>>= 7;
        }
        out.write((int) left);
    }

    private void little(long value, int count) {
        for (int i = 0; i < count; i++) {
            out.write((int) (value >>> 8 * i));
        }
    }
}
