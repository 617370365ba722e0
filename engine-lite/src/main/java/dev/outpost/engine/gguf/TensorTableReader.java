package dev.outpost.engine.gguf;

import dev.outpost.engine.quant.QuantType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the tensor table and holds every entry against the file.
 *
 * <pre>
 * entry  u64 name length | name | u32 dimensions | u64 per dimension | u32 type | u64 offset
 * </pre>
 *
 * Offsets count from the start of the data section: the first multiple of the alignment behind the table.
 */
final class TensorTableReader {

    private static final int MOST_DIMENSIONS = 4;

    private final HeaderBytes header;
    private final GgufLimits limits;
    private final long fileBytes;
    private final int alignment;
    private final Set<String> names = new HashSet<>();
    private long position;

    TensorTableReader(HeaderBytes header, GgufLimits limits, long fileBytes, int alignment, long start) {
        this.header = header;
        this.limits = limits;
        this.fileBytes = fileBytes;
        this.alignment = alignment;
        this.position = start;
    }

    /** @param count checked against the bytes that remain */
    List<TensorEntry> read(int count) {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < count; i++) {
            rows.add(row());
        }
        // At most the end of the file: a table without tensors may be followed by nothing.
        long data = Math.min(fileBytes, position + Math.floorMod(-position, (long) alignment));
        var tensors = new ArrayList<TensorEntry>(count);
        for (Row row : rows) {
            tensors.add(place(row, data));
        }
        checkOwnership(tensors, data);
        return List.copyOf(tensors);
    }

    /** A row as read; {@code at} is where its offset field lies. */
    private record Row(String name, QuantType type, List<Long> shape, long bytes, long offset, long at) {}

    private Row row() {
        String name = name();
        long at = position;
        List<Long> shape = shape(name);
        long typeAt = position;
        int id = header.i32(typeAt, name);
        QuantType type = QuantType.byId(id).orElseThrow(() -> RejectCode.UNKNOWN_TENSOR_TYPE.at(typeAt, name,
                "tensor type does not exist: expected=a ggml type id, found=" + Integer.toUnsignedString(id)));
        if (!type.supported()) {
            throw RejectCode.UNSUPPORTED_TENSOR_TYPE.at(typeAt, name,
                    "tensor type has no kernels: expected=" + supportedTypes() + ", found=" + type);
        }
        position = typeAt + 4;
        if (shape.getFirst() % type.blockSize() != 0) {
            throw RejectCode.BAD_ROW.at(typeAt, name, "row is no multiple of the block: expected=a multiple of "
                    + type.blockSize() + " for " + type + ", found=" + shape.getFirst());
        }
        long bytes = bytes(name, type, shape, at);
        long offsetAt = position;
        long offset = header.i64(offsetAt, name);
        position = offsetAt + 8;
        return new Row(name, type, shape, bytes, offset, offsetAt);
    }

    /** By division, since columns times rows times block bytes can exceed 64 bits. */
    private long bytes(String name, QuantType type, List<Long> shape, long at) {
        long rowBytes = type.bytes(shape.getFirst());
        long rows = shape.stream().skip(1).reduce(1L, Math::multiplyExact);
        if (rows > fileBytes / rowBytes) {
            throw RejectCode.TENSOR_PAST_END.at(at, name, "tensor is larger than the file: name=" + Printable.of(name)
                    + ", rowBytes=" + rowBytes + ", rows=" + rows + ", fileBytes=" + fileBytes);
        }
        return rowBytes * rows;
    }

    private static String supportedTypes() {
        var words = new ArrayList<String>();
        for (QuantType type : QuantType.values()) {
            if (type.supported()) {
                words.add(type.name());
            }
        }
        return String.join("|", words);
    }

    private String name() {
        long at = position;
        long length = header.i64(at, "tensor name length");
        if (length < 1 || length > limits.tensorNameBytes()) {
            throw RejectCode.BAD_TENSOR_NAME.at(at, "tensor name length",
                    "tensor name length is out of range: expected=1.."
                            + limits.tensorNameBytes() + ", found=" + Long.toUnsignedString(length));
        }
        byte[] bytes = header.copy(at + 8, (int) length, "tensor name");
        String name = MetadataReader.name(bytes, at + 8, RejectCode.BAD_TENSOR_NAME, "tensor name");
        if (name.indexOf('/') >= 0 || name.indexOf('\\') >= 0 || name.contains("..")) {
            throw RejectCode.BAD_TENSOR_NAME.at(at + 8, name,
                    "tensor name reads like a path: expected=no separator, found=" + Printable.of(name));
        }
        if (!names.add(name)) {
            throw RejectCode.DUPLICATE_TENSOR.at(at + 8, name, "tensor name appears twice: name=" + Printable.of(name));
        }
        position = at + 8 + length;
        return name;
    }

    private List<Long> shape(String name) {
        long at = position;
        int dimensions = header.i32(at, name);
        if (dimensions < 1 || dimensions > MOST_DIMENSIONS) {
            throw RejectCode.BAD_DIMENSION_COUNT.at(at, name, "dimension count is out of range: expected=1.."
                    + MOST_DIMENSIONS + ", found=" + Integer.toUnsignedString(dimensions));
        }
        var shape = new ArrayList<Long>(dimensions);
        long rows = 1;
        for (int i = 0; i < dimensions; i++) {
            long dimensionAt = at + 4 + 8L * i;
            long dimension = header.i64(dimensionAt, name);
            if (dimension < 1 || dimension > Integer.MAX_VALUE) {
                throw RejectCode.BAD_DIMENSION.at(dimensionAt, name, "dimension is out of range: expected=1.."
                        + Integer.MAX_VALUE + ", found=" + Long.toUnsignedString(dimension));
            }
            rows = i == 0 ? 1 : rows * dimension;
            if (rows > Integer.MAX_VALUE) {
                throw RejectCode.BAD_DIMENSION.at(dimensionAt, name,
                        "tensor has too many rows: expected<=" + Integer.MAX_VALUE + ", found>=" + rows);
            }
            shape.add(dimension);
        }
        position = at + 4 + 8L * dimensions;
        return shape;
    }

    private TensorEntry place(Row row, long data) {
        if (row.offset < 0 || row.offset > fileBytes) {
            throw RejectCode.TENSOR_PAST_END.at(row.at, row.name, "tensor starts past the file: name="
                    + Printable.of(row.name) + ", offset=" + Long.toUnsignedString(row.offset) + ", fileBytes="
                    + fileBytes);
        }
        if (row.offset % alignment != 0) {
            throw RejectCode.UNALIGNED_TENSOR.at(row.at, row.name,
                    "tensor is not aligned: expected=a multiple of " + alignment + ", found=" + row.offset);
        }
        long start = data + row.offset;
        if (start > fileBytes || row.bytes > fileBytes - start) {
            throw RejectCode.TENSOR_PAST_END.at(row.at, row.name, "tensor ends past the file: name="
                    + Printable.of(row.name) + ", start=" + start + ", bytes=" + row.bytes + ", fileBytes="
                    + fileBytes);
        }
        return new TensorEntry(row.name, row.type, row.shape, start, row.bytes);
    }

    /** No two tensors share a byte, and no more than one alignment unit lies between, before or behind them. */
    private void checkOwnership(List<TensorEntry> tensors, long data) {
        var byOffset = new ArrayList<>(tensors);
        byOffset.sort(Comparator.comparingLong(TensorEntry::offset));
        long end = data;
        String before = "header";
        for (TensorEntry tensor : byOffset) {
            if (tensor.offset() < end) {
                throw RejectCode.TENSOR_OVERLAP.at(tensor.offset(), tensor.name(), "tensors share bytes: name="
                        + Printable.of(tensor.name()) + ", other=" + Printable.of(before) + ", expected>=" + end
                        + ", found=" + tensor.offset());
            }
            checkGap(end, tensor.offset(), before);
            end = tensor.offset() + tensor.bytes();
            before = tensor.name();
        }
        checkGap(end, fileBytes, before);
    }

    private void checkGap(long from, long to, String before) {
        if (to - from > alignment) {
            throw RejectCode.UNOWNED_BYTES.at(from, before, "bytes that no tensor owns: expected<=" + alignment
                    + ", found=" + (to - from));
        }
    }
}
