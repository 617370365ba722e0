package dev.outpost.engine.kernels;

import dev.outpost.engine.kernels.scalar.ScalarAttention;
import dev.outpost.engine.kernels.scalar.ScalarMatMul;
import dev.outpost.engine.kernels.scalar.ScalarRows;
import dev.outpost.engine.kernels.vector.VectorTier;
import dev.outpost.engine.quant.QuantType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Every kernel of the engine, one row each. A kernel is looked up once per tensor, never per call; the highest level
 * that the cap allows wins. A native tier adds rows here and nothing elsewhere.
 */
public final class KernelTable {

    private final List<KernelRow> rows;

    private KernelTable(List<KernelRow> rows) {
        this.rows = List.copyOf(rows);
    }

    /** All rows this build has, whether this machine can run them or not. */
    public static KernelTable complete() {
        List<KernelRow> rows = new ArrayList<>();
        var scalarMatMul = new ScalarMatMul();
        types().forEach(type -> rows.add(new KernelRow(KernelOp.MATMUL, type.name(), IsaLevel.SCALAR, scalarMatMul)));
        rows.add(new KernelRow(KernelOp.ROWS, "F32", IsaLevel.SCALAR, new ScalarRows()));
        for (KvType type : KvType.values()) {
            rows.add(new KernelRow(KernelOp.ATTENTION, type.name(), IsaLevel.SCALAR, new ScalarAttention()));
        }
        if (VectorCheck.modulePresent()) {
            rows.addAll(VectorTier.rows());
        }
        return new KernelTable(rows);
    }

    /** Weight types that can be packed and multiplied. */
    public static List<QuantType> types() {
        return Arrays.stream(QuantType.values()).filter(QuantType::supported).toList();
    }

    public List<KernelRow> rows() {
        return rows;
    }

    /**
     * The row for an operation, at the highest level not above {@code cap}.
     *
     * @throws IllegalArgumentException where not even the scalar tier has it
     */
    public KernelRow select(KernelOp op, String operand, IsaLevel cap) {
        return rows.stream()
                .filter(row -> row.op() == op && row.operand().equals(operand) && row.isa().compareTo(cap) <= 0)
                .max(Comparator.comparing(KernelRow::isa))
                .orElseThrow(() -> new IllegalArgumentException(
                        "no kernel: op=" + op + ", operand=" + operand + ", cap=" + cap.word()));
    }
}
