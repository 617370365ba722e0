package dev.outpost.engine.pack;

import dev.outpost.engine.failure.ModelRejectedException;
import dev.outpost.engine.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Packs a matrix row group by row group; the source is read once, front to back. One thread.
 *
 * <p>A scale that is not finite is refused here, so that no kernel has to look for one.
 */
final class RowGroupPacker {

    private static final int LANES = PackedLayout.GROUP_ROWS;

    private final String name;
    private final PackedLayout layout;
    private final int blocks;
    private final byte[] source;
    private final byte[] packed;

    RowGroupPacker(String name, PackedLayout layout, int columns) {
        this.name = name;
        this.layout = layout;
        this.blocks = columns / layout.type().blockSize();
        int bytes = Math.toIntExact(layout.groupBytes(columns));
        this.source = new byte[bytes];
        this.packed = new byte[bytes];
    }

    /** Packs {@code rows} rows of {@code from} into {@code to}. */
    void pack(MemorySegment from, int rows, MemorySegment to) {
        int rowBytes = source.length / LANES;
        for (int row = 0; row < rows; row += LANES) {
            int present = Math.min(LANES, rows - row);
            MemorySegment.copy(from, ValueLayout.JAVA_BYTE, (long) row * rowBytes, source, 0, present * rowBytes);
            Arrays.fill(source, present * rowBytes, source.length, (byte) 0);
            packGroup(rowBytes);
            checkScales(row);
            MemorySegment.copy(packed, 0, to, ValueLayout.JAVA_BYTE, (long) row * rowBytes, packed.length);
        }
    }

    private void packGroup(int rowBytes) {
        int blockBytes = layout.type().blockBytes();
        for (int block = 0; block < blocks; block++) {
            int target = block * blockBytes * LANES;
            for (PackedLayout.Field field : layout.fields()) {
                interleave(block * blockBytes + field.sourceOffset(), rowBytes, target, field);
                target += field.bytes() * LANES;
            }
        }
    }

    private void interleave(int from, int rowBytes, int to, PackedLayout.Field field) {
        switch (field.unitBytes()) {
            case 1 -> interleaveBytes(source, from, rowBytes, packed, to, field.units());
            default -> interleaveUnits(source, from, rowBytes, packed, to, field);
        }
    }

    private static void interleaveBytes(byte[] source, int from, int rowBytes, byte[] packed, int to, int units) {
        for (int lane = 0; lane < LANES; lane++) {
            int row = from + lane * rowBytes;
            for (int unit = 0; unit < units; unit++) {
                packed[to + unit * LANES + lane] = source[row + unit];
            }
        }
    }

    private static void interleaveUnits(byte[] source, int from, int rowBytes, byte[] packed, int to,
            PackedLayout.Field field) {
        int width = field.unitBytes();
        for (int lane = 0; lane < LANES; lane++) {
            for (int unit = 0; unit < field.units(); unit++) {
                int in = from + lane * rowBytes + unit * width;
                int out = to + (unit * LANES + lane) * width;
                for (int part = 0; part < width; part++) {
                    packed[out + part] = source[in + part];
                }
            }
        }
    }

    /** Halves of {@code d} and minimum, and plain floats, lie in the fields whose unit is wider than a byte. */
    private void checkScales(int row) {
        int blockBytes = layout.type().blockBytes();
        PackedLayout.Field scales = layout.fields().getFirst();
        for (int block = 0; block < blocks; block++) {
            int at = block * blockBytes * LANES;
            for (int unit = 0; unit < scales.units() * LANES; unit++) {
                if (!finite(layout.type(), packed, at + unit * scales.unitBytes())) {
                    throw new ModelRejectedException("non_finite_weight", name, -1,
                            "scale or weight is not finite: row=" + (row + unit % LANES) + ", block=" + block);
                }
            }
        }
    }

    private static boolean finite(QuantType type, byte[] bytes, int at) {
        return switch (type) {
            case F32 -> ((bytes[at + 3] & 0x7f) << 1 | (bytes[at + 2] & 0x80) >> 7) != 0xff;
            case BF16 -> ((bytes[at + 1] & 0x7f) << 1 | (bytes[at] & 0x80) >> 7) != 0xff;
            default -> (bytes[at + 1] & 0x7c) != 0x7c;
        };
    }

    /** Rebuilds the source bytes of one row from its group. */
    static void unpackRow(PackedLayout layout, int columns, MemorySegment group, int lane, byte[] row) {
        int blockBytes = layout.type().blockBytes();
        int blocks = columns / layout.type().blockSize();
        for (int block = 0; block < blocks; block++) {
            int from = block * blockBytes * LANES;
            for (PackedLayout.Field field : layout.fields()) {
                int width = field.unitBytes();
                int to = block * blockBytes + field.sourceOffset();
                for (int part = 0; part < field.bytes(); part++) {
                    int in = from + (part / width * LANES + lane) * width + part % width;
                    row[to + part] = group.get(ValueLayout.JAVA_BYTE, in);
                }
                from += field.bytes() * LANES;
            }
        }
    }
}
