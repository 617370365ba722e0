package dev.outpost.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.engine.quant.QuantType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Walks the table: no row without reference, none without a fixture of the parity tests, no type without rows. */
class KernelTableTest {

    private static final KernelTable TABLE = KernelTable.complete();

    private static Set<String> operands(KernelOp op, IsaLevel isa) {
        return TABLE.rows().stream().filter(row -> row.op() == op && row.isa() == isa).map(KernelRow::operand)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> names(List<? extends Enum<?>> values) {
        return values.stream().map(Enum::name).collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void everySupportedTypeIsMultipliedByTheOracleAndTheVectorTier() {
        Set<String> types = names(Arrays.stream(QuantType.values()).filter(QuantType::supported).toList());
        assertEquals(types, operands(KernelOp.MATMUL, IsaLevel.SCALAR));
        assertEquals(types, operands(KernelOp.MATMUL, IsaLevel.VECTOR));
    }

    @Test
    void everyKindOfKeyValueStoreIsAttendedByTheOracleAndTheVectorTier() {
        Set<String> types = names(List.of(KvType.values()));
        assertEquals(types, operands(KernelOp.ATTENTION, IsaLevel.SCALAR));
        assertEquals(types, operands(KernelOp.ATTENTION, IsaLevel.VECTOR));
    }

    @Test
    void everyRowHasAScalarReference() {
        for (KernelRow row : TABLE.rows()) {
            assertNotNull(row.kernel());
            assertEquals(IsaLevel.SCALAR, TABLE.select(row.op(), row.operand(), IsaLevel.SCALAR).isa(), row::toString);
        }
    }

    @Test
    void noTwoRowsStandInOnePlace() {
        var places = new HashSet<List<Object>>();
        TABLE.rows().forEach(row -> assertTrue(
                places.add(List.of(row.op(), row.operand(), row.isa())), row::toString));
    }

    /** The parity tests draw their weights from here, for every type of the table. */
    @Test
    void everyTypeHasSamplesForItsParityTest() {
        assertEquals(KernelTable.types(), KernelsParityTest.types());
        for (QuantType type : KernelTable.types()) {
            assertEquals(4 * type.bytes(512), Samples.blocks(type, 1, 4, 512).byteSize(), type::name);
        }
    }

    @Test
    void theHighestLevelUnderTheCapIsTaken() {
        assertEquals(IsaLevel.VECTOR, TABLE.select(KernelOp.MATMUL, "Q4_0", IsaLevel.CUDA).isa());
        assertEquals(IsaLevel.SCALAR, TABLE.select(KernelOp.MATMUL, "Q4_0", IsaLevel.SCALAR).isa());
    }

    @Test
    void whatIsNotInTheTableIsNotSelected() {
        assertThrows(IllegalArgumentException.class,
                () -> TABLE.select(KernelOp.MATMUL, "IQ4_XS", IsaLevel.CUDA));
    }
}
