package dev.outpost.engine.kernels.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The species of this JVM, fixed at class load, and the two conversions all kernels share. */
final class Lanes {

    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    /** As many bytes as {@link #SHORTS} has lanes. */
    static final VectorSpecies<Byte> HALF_BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));
    /** As many shorts as {@link #FLOATS} has lanes. */
    static final VectorSpecies<Short> HALF_SHORTS = VectorSpecies.of(short.class,
            VectorShape.forBitSize(SHORTS.vectorBitSize() / 2));
    /** At least as many bytes as {@link #FLOATS} has lanes; 64 bits is the smallest vector there is. */
    private static final VectorSpecies<Byte> FEW_BYTES = VectorSpecies.of(byte.class,
            VectorShape.forBitSize(Math.max(64, FLOATS.vectorBitSize() / 4)));
    static final int FLOAT_LANES = FLOATS.length();
    static final int SHORT_LANES = SHORTS.length();

    /** A half's exponent bias is 15, a float's 127. */
    private static final float HALF_TO_FLOAT = 0x1p112f;
    /** Sign, exponent and fraction of a half once it is shifted to a float's place. */
    private static final int HALF_BITS = 0x8fffe000;

    private Lanes() {}

    /** Finite binary16 bits to floats, exactly: the shift leaves the exponent 112 too low, the product mends it. */
    static FloatVector halves(ShortVector bits) {
        IntVector wide = (IntVector) bits.convertShape(VectorOperators.S2I, INTS, 0);
        return wide.lanewise(VectorOperators.LSHL, 13).and(HALF_BITS).reinterpretAsFloats().mul(HALF_TO_FLOAT);
    }

    /** 16-bit integers to floats. */
    static FloatVector floats(ShortVector integers) {
        return (FloatVector) integers.convertShape(VectorOperators.S2F, FLOATS, 0);
    }

    static ShortVector unsigned(ByteVector bytes) {
        return (ShortVector) bytes.convertShape(VectorOperators.ZERO_EXTEND_B2S, SHORTS, 0);
    }

    static ShortVector signed(ByteVector bytes) {
        return (ShortVector) bytes.convertShape(VectorOperators.B2S, SHORTS, 0);
    }

    /** Bits {@code shift} and up of unsigned bytes, as floats. May read four bytes more than it uses. */
    static FloatVector bits(MemorySegment from, long at, int shift, int mask) {
        ByteVector bytes = ByteVector.fromMemorySegment(FEW_BYTES, from, at, ByteOrder.LITTLE_ENDIAN);
        IntVector wide = (IntVector) bytes.convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
        return (FloatVector) wide.lanewise(VectorOperators.LSHR, shift).and(mask).convert(VectorOperators.I2F, 0);
    }

    /** Signed bytes as floats. May read four bytes more than it uses. */
    static FloatVector signedBytes(MemorySegment from, long at) {
        ByteVector bytes = ByteVector.fromMemorySegment(FEW_BYTES, from, at, ByteOrder.LITTLE_ENDIAN);
        return (FloatVector) bytes.convertShape(VectorOperators.B2F, FLOATS, 0);
    }
}
