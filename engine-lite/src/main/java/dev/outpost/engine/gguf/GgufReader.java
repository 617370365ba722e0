package dev.outpost.engine.gguf;

import dev.outpost.engine.failure.ModelRejectedException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * Reads a GGUF header in one pass.
 *
 * <pre>
 * byte  0        4         8            16         24
 *       | "GGUF" | version | tensors    | pairs    | metadata ... | tensor table ... | padding | data ...
 * </pre>
 *
 * All little-endian; version 2 or 3, which differ in nothing that a little-endian reader sees. Nothing is allocated by
 * a field of the file before the field is held against the limits and the bytes that remain.
 */
final class GgufReader {

    private static final int MAGIC = 0x46554747;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final int FIELDS = 24;

    private final MemorySegment bytes;
    private final HeaderBytes header;
    private final GgufLimits limits;
    private final long fileBytes;

    /** @param bytes the file from its first byte on, borrowed by this reader and by the metadata it makes */
    GgufReader(MemorySegment bytes, GgufLimits limits, long fileBytes) {
        this.bytes = bytes;
        this.header = new HeaderBytes(bytes);
        this.limits = limits;
        this.fileBytes = fileBytes;
    }

    /** A checked description; the metadata borrows the header's mapping. */
    record Description(int version, int alignment, GgufMetadata metadata, List<TensorEntry> tensors) {}

    Description read() {
        int version = version();
        int tensors = count(8, "tensor count", limits.tensors(), GgufLimits.SMALLEST_TENSOR);
        int pairs = count(16, "metadata pair count", limits.keys(), GgufLimits.SMALLEST_PAIR);
        var pairReader = new MetadataReader(header, limits, FIELDS);
        Map<String, MetadataValue> values = pairReader.read(pairs);
        var metadata = new GgufMetadata(bytes, values);
        refuseSplit(metadata);
        int alignment = alignment(values, metadata);
        VocabularyArrays.check(metadata);
        var table = new TensorTableReader(header, limits, fileBytes, alignment, pairReader.end());
        return new Description(version, alignment, metadata, table.read(tensors));
    }

    private int version() {
        int magic = header.i32(0, "magic");
        if (magic != MAGIC) {
            throw badMagic();
        }
        int version = header.i32(4, "version");
        if (version == 2 || version == 3) {
            return version;
        }
        int reversed = Integer.reverseBytes(version);
        if (reversed > 0 && reversed < 0x100) {
            throw RejectCode.BIG_ENDIAN.at(4, "version",
                    "file is big-endian: expected=little-endian, found=version " + reversed + " in reverse byte order");
        }
        throw RejectCode.BAD_VERSION.at(4, "version",
                "GGUF version is not read here: expected=2|3, found=" + Integer.toUnsignedString(version));
    }

    private ModelRejectedException badMagic() {
        byte[] start = header.copy(0, (int) Math.min(16, header.size()), "magic");
        return RejectCode.BAD_MAGIC.at(0, "magic", "file is no GGUF model: expected=\"GGUF\", found=" + kind(start)
                + ", bytes=\"" + Printable.of(start) + "\"");
    }

    /** Names containers that people mistake for a model file. */
    private static String kind(byte[] start) {
        String text = new String(start, StandardCharsets.ISO_8859_1);
        if (text.startsWith("FUGG")) {
            return "GGUF in reverse byte order";
        }
        if (text.startsWith("PK")) {
            return "a zip archive (a PyTorch model?)";
        }
        if (text.startsWith("version https://")) {
            return "a Git LFS pointer, not the file it points to";
        }
        if (text.startsWith("<")) {
            return "a web page";
        }
        if (text.length() > 8 && text.charAt(8) == '{') {
            return "a safetensors file";
        }
        if (text.startsWith("lmgg") || text.startsWith("fmgg") || text.startsWith("tjgg") || text.startsWith("algg")) {
            return "a GGML file from before GGUF";
        }
        return "another container";
    }

    private int count(long at, String field, int limit, int smallestEntry) {
        long count = header.i64(at, field);
        if (count < 0 || count > limit) {
            throw RejectCode.BAD_COUNT.at(at, field,
                    "count is out of range: expected=0.." + limit + ", found=" + Long.toUnsignedString(count));
        }
        long remain = fileBytes - FIELDS;
        if (count * smallestEntry > remain) {
            throw RejectCode.BAD_COUNT.at(at, field, "file has no room for the count: expected<="
                    + Math.max(0, remain) / smallestEntry + ", found=" + count);
        }
        return (int) count;
    }

    private static void refuseSplit(GgufMetadata metadata) {
        long parts = metadata.integer("split.count").orElse(1);
        if (parts > 1) {
            throw RejectCode.SPLIT_FILE.at(metadata.offset("split.count"), "split.count",
                    "model is split over several files: expected=1, found=" + parts);
        }
    }

    private static int alignment(Map<String, MetadataValue> values, GgufMetadata metadata) {
        String key = "general.alignment";
        return switch (values.get(key)) {
            case null -> DEFAULT_ALIGNMENT;
            case MetadataValue.Scalar(ValueType type, long at) when type == ValueType.U32 -> {
                long alignment = metadata.integer(key).orElseThrow();
                if (alignment < 8 || alignment > 65536 || Long.bitCount(alignment) != 1) {
                    throw RejectCode.BAD_ALIGNMENT.at(at, key,
                            "alignment is out of range: expected=a power of two in 8..65536, found=" + alignment);
                }
                yield (int) alignment;
            }
            case MetadataValue other -> throw RejectCode.WRONG_TYPE.at(other.at(), key,
                    "metadata value has the wrong type: expected=u32, found=" + other.typeWord());
        };
    }
}
