package dev.outpost.engine.quant;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/**
 * Tensor types by ggml's ids and names. All are known by name, so that a refusal can name what it found; those with a
 * decoder are {@link #supported()}. Ids 4, 5, 31-33 and 36-38 were withdrawn by ggml and stay unknown.
 */
public enum QuantType {

    // @formatter:off
    //       id, weights and bytes of a block, decoder where there are kernels
    F32(     0,   1,   4, PlainFloat::decodeF32),
    F16(     1,   1,   2, PlainFloat::decodeF16),
    Q4_0(    2,  32,  18, dev.outpost.engine.quant.Q4_0::decode),
    Q4_1(    3,  32,  20, dev.outpost.engine.quant.Q4_1::decode),
    Q5_0(    6,  32,  22, dev.outpost.engine.quant.Q5_0::decode),
    Q5_1(    7,  32,  24, dev.outpost.engine.quant.Q5_1::decode),
    Q8_0(    8,  32,  34, dev.outpost.engine.quant.Q8_0::decode),
    Q8_1(    9,  32,  36),
    Q2_K(   10, 256,  84),
    Q3_K(   11, 256, 110),
    Q4_K(   12, 256, 144, Q4K::decode),
    Q5_K(   13, 256, 176, Q5K::decode),
    Q6_K(   14, 256, 210, Q6K::decode),
    Q8_K(   15, 256, 292),
    IQ2_XXS(16, 256,  66),
    IQ2_XS( 17, 256,  74),
    IQ3_XXS(18, 256,  98),
    IQ1_S(  19, 256,  50),
    IQ4_NL( 20,  32,  18),
    IQ3_S(  21, 256, 110),
    IQ2_S(  22, 256,  82),
    IQ4_XS( 23, 256, 136),
    I8(     24,   1,   1),
    I16(    25,   1,   2),
    I32(    26,   1,   4),
    I64(    27,   1,   8),
    F64(    28,   1,   8),
    IQ1_M(  29, 256,  56),
    BF16(   30,   1,   2, PlainFloat::decodeBf16),
    TQ1_0(  34, 256,  54),
    TQ2_0(  35, 256,  66),
    MXFP4(  39,  32,  17),
    NVFP4(  40,  64,  36),
    Q1_0(   41, 128,  18),
    Q2_0(   42,  64,  18);
    // @formatter:on

    private static final QuantType[] BY_ID = new QuantType[43];

    static {
        for (QuantType type : values()) {
            BY_ID[type.id] = type;
        }
    }

    private final int id;
    private final int blockSize;
    private final int blockBytes;
    private final Optional<BlockDecoder> decoder;

    QuantType(int id, int blockSize, int blockBytes) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
        this.decoder = Optional.empty();
    }

    QuantType(int id, int blockSize, int blockBytes, BlockDecoder decoder) {
        this.id = id;
        this.blockSize = blockSize;
        this.blockBytes = blockBytes;
        this.decoder = Optional.of(decoder);
    }

    /** @param id as the file holds it; any value, negative too */
    public static Optional<QuantType> byId(int id) {
        return id < 0 || id >= BY_ID.length ? Optional.empty() : Optional.ofNullable(BY_ID[id]);
    }

    public int id() {
        return id;
    }

    /** Weights in a block. */
    public int blockSize() {
        return blockSize;
    }

    /** Bytes of a block. */
    public int blockBytes() {
        return blockBytes;
    }

    /** The engine can decode, pack and multiply it. */
    public boolean supported() {
        return decoder.isPresent();
    }

    /**
     * @param elements not negative, a multiple of the block size
     * @return bytes they take
     * @throws ArithmeticException past the range of long
     */
    public long bytes(long elements) {
        if (elements < 0 || elements % blockSize != 0) {
            throw new IllegalArgumentException(
                    "elements are no multiple of the block: elements=" + elements + ", blockSize=" + blockSize);
        }
        return Math.multiplyExact(elements / blockSize, (long) blockBytes);
    }

    /**
     * Decodes whole blocks: the oracle of every faster reader.
     *
     * @param source little-endian blocks, any alignment
     * @param offset bytes from the segment's start to the first block
     * @param target receives {@code count} values from {@code at} on
     * @param count values, a multiple of the block size
     */
    public void decode(MemorySegment source, long offset, float[] target, int at, int count) {
        if (count % blockSize != 0) {
            throw new IllegalArgumentException(
                    "count is no multiple of the block: count=" + count + ", blockSize=" + blockSize);
        }
        BlockDecoder block = decoder
                .orElseThrow(() -> new UnsupportedOperationException("tensor type has no decoder: type=" + this));
        for (int done = 0; done < count; done += blockSize) {
            block.decode(source, offset + (long) (done / blockSize) * blockBytes, target, at + done);
        }
    }
}
