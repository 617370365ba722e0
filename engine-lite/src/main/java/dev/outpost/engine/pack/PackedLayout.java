package dev.outpost.engine.pack;

import dev.outpost.engine.quant.QuantType;
import java.util.List;

/**
 * How the blocks of one type lie when 32 rows are interleaved.
 *
 * <pre>
 * source    row r:   block 0 | block 1 | …                        block = fields, in the file's order
 * packed    group g: blocks 0 of rows 32g … 32g+31 | blocks 1 of the same rows | …
 *           block b: field | field | …                            scales first
 *           field:   unit 0 of 32 rows | unit 1 of 32 rows | …    a unit is 1, 2 or 4 bytes; a lane is a row
 *
 * Q4_0 (18 B × 32 = 576 B)     0: 32 × d f16            64: 16 × 32 × nibble pair (k = j low, k = j + 16 high)
 * Q8_0 (34 B × 32 = 1088 B)    0: 32 × d f16            64: 32 × 32 × int8
 * Q6_K (210 B × 32 = 6720 B)   0: 32 × d f16, 16 × 32 × int8 scale, 128 × 32 × low nibbles, 64 × 32 × high pairs
 * </pre>
 *
 * Group g fills exactly the bytes of its 32 source rows. Rows that the last group lacks are zero.
 */
public final class PackedLayout {

    /** Rows of a group. */
    public static final int GROUP_ROWS = 32;

    /** A run of equal units inside a block: byte offset in the source block, bytes of a unit, number of units. */
    record Field(int sourceOffset, int unitBytes, int units) {

        int bytes() {
            return unitBytes * units;
        }
    }

    private final QuantType type;
    private final List<Field> fields;

    private PackedLayout(QuantType type, List<Field> fields) {
        this.type = type;
        this.fields = fields;
    }

    /** @throws IllegalArgumentException for a type without a packed layout */
    public static PackedLayout of(QuantType type) {
        return new PackedLayout(type, fieldsOf(type));
    }

    private static List<Field> fieldsOf(QuantType type) {
        return switch (type) {
            case F32 -> List.of(new Field(0, 4, 1));
            case F16, BF16 -> List.of(new Field(0, 2, 1));
            case Q4_0 -> List.of(new Field(0, 2, 1), new Field(2, 1, 16));
            case Q4_1 -> List.of(new Field(0, 2, 2), new Field(4, 1, 16));
            case Q5_0 -> List.of(new Field(0, 2, 1), new Field(2, 1, 20));
            case Q5_1 -> List.of(new Field(0, 2, 2), new Field(4, 1, 20));
            case Q8_0 -> List.of(new Field(0, 2, 1), new Field(2, 1, 32));
            case Q4_K -> List.of(new Field(0, 2, 2), new Field(4, 1, 140));
            case Q5_K -> List.of(new Field(0, 2, 2), new Field(4, 1, 172));
            case Q6_K -> List.of(new Field(208, 2, 1), new Field(192, 1, 16), new Field(0, 1, 192));
            default -> throw new IllegalArgumentException("type has no packed layout: type=" + type);
        };
    }

    public QuantType type() {
        return type;
    }

    List<Field> fields() {
        return fields;
    }

    /** @return 32-row groups of a matrix, the last one perhaps padded */
    public static int groups(int rows) {
        return (rows + GROUP_ROWS - 1) / GROUP_ROWS;
    }

    /** Bytes of one group of a matrix with {@code columns} columns. */
    public long groupBytes(int columns) {
        return GROUP_ROWS * type.bytes(columns);
    }

    /** Bytes of a packed matrix {@code [rows, columns]}, the padded rows counted. */
    public long bytes(int rows, int columns) {
        return groups(rows) * groupBytes(columns);
    }
}
