package dev.outpost.engine.quant;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.Stream;

/**
 * Blocks of one type and what ggml decodes them to; {@code blocks/README.md} in the resources tells the origin.
 *
 * @param blocks on the heap, at an odd offset on purpose: {@link #START}
 * @param expected F32 bits
 */
public record DecodedBlocks(QuantType type, MemorySegment blocks, int count, int[] expected) {

    /** Bytes before the first block. */
    public static final int START = 3;

    public static Stream<DecodedBlocks> all() {
        return Arrays.stream(QuantType.values()).filter(QuantType::supported).map(DecodedBlocks::of);
    }

    public static DecodedBlocks of(QuantType type) {
        try (InputStream in = DecodedBlocks.class.getResourceAsStream("/blocks/" + type + ".bin")) {
            ByteBuffer bytes = ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
            int count = bytes.getInt();
            int[] expected = new int[bytes.getInt()];
            byte[] blocks = new byte[START + count * type.blockBytes()];
            bytes.get(blocks, START, blocks.length - START);
            for (int i = 0; i < expected.length; i++) {
                expected[i] = bytes.getInt();
            }
            return new DecodedBlocks(type, MemorySegment.ofArray(blocks), count, expected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Offset of a block. */
    public long offset(int block) {
        return START + (long) block * type.blockBytes();
    }

    @Override
    public String toString() {
        return type.toString();
    }
}
