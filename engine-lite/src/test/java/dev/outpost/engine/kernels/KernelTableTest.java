package dev.outpost.engine.kernels;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import jdk.incubator.vector.VectorSpecies;
import org.junit.jupiter.api.Test;

/** Walks the table: no kernel without a reference, without a parity test, or under a word nobody knows. */
class KernelTableTest {

    private final KernelTable table = KernelTable.complete();

    @Test
    void everyRowHasAScalarReference() {
        for (KernelRow row : table.rows()) {
            KernelRow reference = table.select(row.op(), row.operand(), IsaLevel.SCALAR);
            assertEquals(IsaLevel.SCALAR, reference.isa());
            assertEquals(reference.op(), row.op());
        }
    }

    @Test
    void everyRowIsComparedByTheParityTest() {
        Set<String> compared = new HashSet<>();
        KernelsParityTest.types().forEach(type -> compared.add(KernelOp.MATMUL + " " + type));
        Arrays.stream(KvType.values()).forEach(type -> compared.add(KernelOp.ATTENTION + " " + type));
        compared.add(KernelOp.ROWS + " F32");
        for (KernelRow row : table.rows()) {
            assertTrue(compared.contains(row.op() + " " + row.operand()), () -> "not compared: " + row);
        }
    }

    @Test
    void everyListedTypeHasAVectorRow() {
        for (String type : List.of("F32", "F16", "BF16", "Q4_0", "Q4_1", "Q5_0", "Q5_1", "Q8_0", "Q4_K", "Q5_K",
                "Q6_K")) {
            assertEquals(IsaLevel.VECTOR, table.select(KernelOp.MATMUL, type, IsaLevel.VECTOR).isa(), type);
        }
    }

    @Test
    void noOperationIsListedTwiceAtOneLevel() {
        Stream<String> keys = table.rows().stream().map(row -> row.op() + " " + row.operand() + " " + row.isa());
        assertEquals(table.rows().size(), keys.distinct().count());
    }

    @Test
    void aCapOnlyLowers() {
        assertEquals(IsaLevel.SCALAR, table.select(KernelOp.MATMUL, "Q4_0", IsaLevel.SCALAR).isa());
        assertEquals(IsaLevel.VECTOR, table.select(KernelOp.MATMUL, "Q4_0", IsaLevel.CUDA).isa());
        assertThrows(IllegalArgumentException.class, () -> table.select(KernelOp.MATMUL, "IQ1_S", IsaLevel.CUDA));
    }

    @Test
    void theWordsAreThoseOfTheCommandLine() {
        assertEquals("scalar vector neon dotprod i8mm avx2 avx_vnni avx512 avx512_vnni cuda", IsaLevel.words());
        assertEquals(IsaLevel.AVX512_VNNI, IsaLevel.parse("avx512_vnni").orElseThrow());
        assertTrue(IsaLevel.parse("AVX2").isEmpty());
    }

    /** A species that is not a constant for the compiler makes every vector an object. */
    @Test
    void speciesAreStaticFinals() throws ClassNotFoundException {
        Class<?> lanes = Class.forName("dev.outpost.engine.kernels.vector.Lanes");
        long species = Arrays.stream(lanes.getDeclaredFields())
                .filter(field -> VectorSpecies.class.isAssignableFrom(field.getType()))
                .peek(field -> assertTrue(Modifier.isStatic(field.getModifiers())
                        && Modifier.isFinal(field.getModifiers()), field.getName()))
                .count();
        assertTrue(species >= 5);
        for (KernelRow row : table.rows()) {
            Stream.of(row.kernel().getClass().getDeclaredMethods())
                    .forEach(method -> Stream.of(method.getParameterTypes())
                            .forEach(type -> assertTrue(!VectorSpecies.class.isAssignableFrom(type))));
        }
    }
}
