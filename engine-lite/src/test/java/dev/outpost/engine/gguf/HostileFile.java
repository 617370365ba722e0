package dev.outpost.engine.gguf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * A malformed file and the refusal it must meet.
 *
 * @param kind class of fault, {@code A1} to {@code A17}
 * @param codes any of these will do
 */
record HostileFile(String kind, String fault, Set<RejectCode> codes, byte[] bytes) {

    /** A well-formed base: metadata of every sort, four tensors. */
    static GgufWriter base() {
        return new GgufWriter().string("general.architecture", "llama").u32("llama.block_count", 1)
                .u64("llama.context_length", 64).f32("llama.rope.freq_base", 10000).bool("flag", true)
                .strings("words", java.util.List.of("one", "", "three")).integers("numbers", 1, 2, 3)
                .decimals("decimals", 0.5f, -1).array("flags", ValueType.BOOL.ordinal(), 2, new byte[]{0, 1})
                .tensor("a.weight", new float[64], 32, 2).tensor("b.weight", new float[8], 8)
                .tensor("c.weight", dev.outpost.engine.quant.QuantType.Q8_0, new byte[34 * 2], 64)
                .tensor("d.weight", new float[8], 2, 2, 2);
    }

    /** The writer's file with the bytes from a field on (plus {@code skip}) overwritten, little-endian. */
    static byte[] patch(GgufWriter writer, String field, int skip, Number value) {
        byte[] bytes = writer.bytes();
        ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        int at = writer.mark(field) + skip;
        switch (value) {
            case Byte small -> buffer.put(at, small);
            case Integer number -> buffer.putInt(at, number);
            case Long number -> buffer.putLong(at, number);
            default -> throw new IllegalArgumentException("no such width: " + value.getClass());
        }
        return bytes;
    }

    @Override
    public String toString() {
        return kind + " " + fault;
    }
}
