package dev.outpost.engine.pack;

import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/**
 * A weight matrix {@code [rows, columns]} in packed order ({@link PackedLayout}). Immutable; its bytes are borrowed
 * from the weights arena and must stay mapped until the kernels that read them are closed.
 */
public final class PackedMatrix {

    /** Packed matrices start on a cache line. */
    public static final int ALIGNMENT = 64;

    private final String name;
    private final PackedLayout layout;
    private final int rows;
    private final int columns;
    private final MemorySegment data;
    private final MemorySegment[] slices;

    private PackedMatrix(String name, PackedLayout layout, int rows, int columns, MemorySegment data) {
        this.name = name;
        this.layout = layout;
        this.rows = rows;
        this.columns = columns;
        this.data = data;
        this.slices = new MemorySegment[PackedLayout.groups(rows)];
        long bytes = layout.groupBytes(columns);
        for (int group = 0; group < slices.length; group++) {
            slices[group] = data.asSlice(group * bytes, bytes);
        }
    }

    /** Bytes that {@link #pack} takes from its allocator. */
    public static long packedBytes(QuantType type, int rows, int columns) {
        return PackedLayout.of(type).bytes(rows, columns);
    }

    /**
     * Packs a matrix, one group of 32 rows at a time.
     *
     * @param name the tensor's, for failures
     * @param source little-endian blocks of {@code rows} rows, read once in ascending order
     * @param weights supplies {@link #packedBytes} bytes; owns them
     * @throws dev.outpost.engine.failure.ModelRejectedException code {@code non_finite_weight}
     */
    public static PackedMatrix pack(String name, QuantType type, int rows, int columns, MemorySegment source,
            SegmentAllocator weights) {
        if (rows <= 0 || columns <= 0 || columns % type.blockSize() != 0) {
            throw new IllegalArgumentException("shape does not fit the block: name=" + name + ", rows=" + rows
                    + ", columns=" + columns + ", blockSize=" + type.blockSize());
        }
        PackedLayout layout = PackedLayout.of(type);
        long expected = rows * type.bytes(columns);
        if (source.byteSize() < expected) {
            throw new IllegalArgumentException("source is too short: name=" + name + ", expectedBytes=" + expected
                    + ", foundBytes=" + source.byteSize());
        }
        MemorySegment data = weights.allocate(layout.bytes(rows, columns), ALIGNMENT);
        new RowGroupPacker(name, layout, columns).pack(source, rows, data);
        return new PackedMatrix(name, layout, rows, columns, data.asReadOnly());
    }

    public String name() {
        return name;
    }

    public QuantType type() {
        return layout.type();
    }

    public int rows() {
        return rows;
    }

    public int columns() {
        return columns;
    }

    /** Packed bytes, padding included. */
    public long bytes() {
        return data.byteSize();
    }

    /** 32-row groups. */
    public int groups() {
        return PackedLayout.groups(rows);
    }

    /** The bytes of 32-row group {@code index}, read-only, borrowed; below 2 GiB. */
    public MemorySegment group(int index) {
        return slices[index];
    }

    /** Decodes row {@code row} into {@code out[at … at + columns)}, bit-equal to {@link QuantType#decode}. */
    public void decodeRow(int row, float[] out, int at) {
        byte[] blocks = new byte[Math.toIntExact(type().bytes(columns))];
        readRow(row, blocks);
        type().decode(MemorySegment.ofArray(blocks), 0, out, at, columns);
    }

    /** Rebuilds the blocks of row {@code row} as they were in the file. */
    public void readRow(int row, byte[] blocks) {
        RowGroupPacker.unpackRow(layout, columns, group(row / PackedLayout.GROUP_ROWS), row % PackedLayout.GROUP_ROWS,
                blocks);
    }
}
