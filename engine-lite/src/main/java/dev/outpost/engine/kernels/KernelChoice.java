package dev.outpost.engine.kernels;

import dev.outpost.engine.quant.QuantType;
import java.util.EnumMap;
import java.util.Map;

/** The kernels of one engine, taken from {@link KernelTable} once. Immutable. */
final class KernelChoice {

    private final Map<QuantType, MatMulKernel> matMuls = new EnumMap<>(QuantType.class);
    private final Map<KvType, AttentionKernel> attentions = new EnumMap<>(KvType.class);
    private final RowKernels rows;

    KernelChoice(KernelTable table, IsaLevel cap) {
        for (QuantType type : KernelTable.types()) {
            matMuls.put(type, (MatMulKernel) table.select(KernelOp.MATMUL, type.name(), cap).kernel());
        }
        for (KvType type : KvType.values()) {
            attentions.put(type, (AttentionKernel) table.select(KernelOp.ATTENTION, type.name(), cap).kernel());
        }
        rows = (RowKernels) table.select(KernelOp.ROWS, "F32", cap).kernel();
    }

    MatMulKernel matMul(QuantType type) {
        return matMuls.get(type);
    }

    AttentionKernel attention(KvType type) {
        return attentions.get(type);
    }

    RowKernels rows() {
        return rows;
    }
}
