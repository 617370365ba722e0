package dev.outpost.engine.kernels.vector;

import dev.outpost.engine.kernels.IsaLevel;
import dev.outpost.engine.kernels.KernelOp;
import dev.outpost.engine.kernels.KernelRow;
import dev.outpost.engine.kernels.KvType;
import dev.outpost.engine.kernels.MatMulKernel;
import dev.outpost.engine.quant.QuantType;
import java.util.ArrayList;
import java.util.List;

/** This tier's rows of the kernel table. Loading this class needs the Vector API's module. */
public final class VectorTier {

    private VectorTier() {}

    /** One row for each operation and operand. */
    public static List<KernelRow> rows() {
        List<KernelRow> rows = new ArrayList<>();
        for (QuantType type : QuantType.values()) {
            if (type.supported()) {
                rows.add(new KernelRow(KernelOp.MATMUL, type.name(), IsaLevel.VECTOR, matMul(type)));
            }
        }
        rows.add(new KernelRow(KernelOp.ROWS, "F32", IsaLevel.VECTOR, new VectorRows()));
        for (KvType type : KvType.values()) {
            rows.add(new KernelRow(KernelOp.ATTENTION, type.name(), IsaLevel.VECTOR, new VectorAttention()));
        }
        return rows;
    }

    private static MatMulKernel matMul(QuantType type) {
        return switch (type) {
            case F32, F16, BF16 -> new PlainMatMul(type);
            case Q4_0 -> new ShortMatMul(new BlockUnpacker(type, 4, false));
            case Q4_1 -> new ShortMatMul(new BlockUnpacker(type, 4, true));
            case Q5_0 -> new ShortMatMul(new BlockUnpacker(type, 5, false));
            case Q5_1 -> new ShortMatMul(new BlockUnpacker(type, 5, true));
            case Q4_K -> new ShortMatMul(new SuperBlockUnpacker(type, false));
            case Q5_K -> new ShortMatMul(new SuperBlockUnpacker(type, true));
            case Q8_0 -> new IntegerMatMul(new BlockUnpacker(type, 8, false), new EightRow());
            case Q6_K -> new ShortMatMul(new SixBitUnpacker());
            default -> throw new IllegalStateException("type has no vector kernel: type=" + type);
        };
    }
}
