package dev.outpost.engine.gguf;

import dev.outpost.engine.quant.QuantType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;

/** Malformed files by class of fault, each made from a well-formed one by one change. */
final class HostileFiles {

    private final List<HostileFile> files = new ArrayList<>();

    private HostileFiles() {}

    static List<HostileFile> all() {
        var all = new HostileFiles();
        all.cut();
        all.otherContainers();
        all.counts();
        all.keys();
        all.strings();
        all.valueTypes();
        all.arrays();
        all.wrongTypes();
        all.alignments();
        all.shapes();
        all.tensorTypes();
        all.tensorNames();
        all.offsets();
        all.ownership();
        all.vocabularies();
        return all.files;
    }

    private void add(String kind, String fault, RejectCode code, byte[] bytes) {
        files.add(new HostileFile(kind, fault, Set.of(code), bytes));
    }

    private void patch(String kind, RejectCode code, String field, int skip, Number value) {
        add(kind, field + "+" + skip + "=" + value, code, HostileFile.patch(HostileFile.base(), field, skip, value));
    }

    private void cut() {
        byte[] whole = HostileFile.base().bytes();
        var codes = Set.of(RejectCode.TRUNCATED, RejectCode.BAD_COUNT, RejectCode.TENSOR_PAST_END);
        for (int length = 0; length < whole.length; length++) {
            files.add(new HostileFile("A1", "cut to " + length + " bytes", codes, Arrays.copyOf(whole, length)));
        }
    }

    private void otherContainers() {
        for (String start : List.of("GGML", "lmgg", "tjgg", "FUGG", "gguf", "PK\3\4", "<!doctype html>", "\0\0\0\0",
                "version https://git-lfs.github.com/spec/v1\n", "\177ELF", "\100\0\0\0\0\0\0\0{\"__metadata__\"")) {
            byte[] bytes = HostileFile.base().bytes();
            byte[] text = start.getBytes(StandardCharsets.ISO_8859_1);
            System.arraycopy(text, 0, bytes, 0, text.length);
            add("A2", "starts with " + Printable.of(text), RejectCode.BAD_MAGIC, bytes);
        }
        for (int version : new int[]{0, 1, 4, 0x10003, -1, 0x7FFFFFFF}) {
            patch("A2", RejectCode.BAD_VERSION, "version", 0, version);
        }
        patch("A2", RejectCode.BIG_ENDIAN, "version", 0, 3 << 24);
        patch("A2", RejectCode.BIG_ENDIAN, "version", 0, 2 << 24);
        add("A2", "one part of two", RejectCode.SPLIT_FILE, HostileFile.base().u32("split.count", 2).bytes());
    }

    private void counts() {
        for (long count : new long[]{-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, 1L << 61, 16385}) {
            patch("A3", RejectCode.BAD_COUNT, "tensors", 0, count);
            patch("A3", RejectCode.BAD_COUNT, "pairs", 0, count);
        }
        // Within the limits, but the file has no room for them.
        patch("A3", RejectCode.BAD_COUNT, "tensors", 0, 16384L);
        patch("A3", RejectCode.BAD_COUNT, "pairs", 0, 4096L);
    }

    private void keys() {
        for (long length : new long[]{0, -1, 65536, Long.MAX_VALUE, Long.MIN_VALUE, -8}) {
            patch("A4", RejectCode.BAD_KEY, "key flag", 0, length);
        }
        patch("A4", RejectCode.TRUNCATED, "key flag", 0, 65535L);
        for (byte[] key : List.of(bytes('a', 0, 'b'), bytes('a', '\n'), bytes(0x1B, '[', '2', 'J'), bytes(0xC0, 0x80),
                bytes(0xED, 0xA0, 0x80), bytes(0xFF), bytes(0xE2, 0x82), bytes(0xC2, 0x85), bytes(0x7F))) {
            add("A4", "key " + Printable.of(key), RejectCode.BAD_KEY,
                    HostileFile.base().value(key, ValueType.U8.ordinal(), new byte[1]).bytes());
        }
        GgufWriter long64 = HostileFile.base();
        for (int i = 0; i < 65; i++) {
            long64.value(i + "k".repeat(65000), ValueType.U8.ordinal(), new byte[1]);
        }
        add("A4", "65 keys of 65,000 bytes", RejectCode.BAD_KEY, long64.bytes());
    }

    private void strings() {
        for (long length : new long[]{-1, (1 << 20) + 1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE - 7}) {
            patch("A4", RejectCode.STRING_TOO_LONG, "value general.architecture", 0, length);
            patch("A4", RejectCode.STRING_TOO_LONG, "value words", 12, length);
        }
        patch("A4", RejectCode.TRUNCATED, "value general.architecture", 0, 1L << 20);
        patch("A4", RejectCode.TRUNCATED, "value words", 12, 1L << 20);
    }

    private void valueTypes() {
        for (int type : new int[]{13, -1, 255, Integer.MIN_VALUE}) {
            patch("A5", RejectCode.BAD_VALUE_TYPE, "type flag", 0, type);
            patch("A5", RejectCode.BAD_VALUE_TYPE, "value numbers", 0, type);
        }
        patch("A5", RejectCode.BAD_BOOL, "value flag", 0, (byte) 2);
        patch("A5", RejectCode.BAD_BOOL, "value flag", 0, (byte) -1);
        patch("A5", RejectCode.BAD_BOOL, "value flags", 13, (byte) 2);
        add("A5", "key twice", RejectCode.DUPLICATE_KEY, HostileFile.base().u32("flag", 1).bytes());
    }

    private void arrays() {
        for (long count : new long[]{-1, (1 << 22) + 1, Long.MAX_VALUE, 1L << 61, 1L << 62, Long.MIN_VALUE}) {
            patch("A5", RejectCode.BAD_ARRAY, "value numbers", 4, count);
            patch("A5", RejectCode.BAD_ARRAY, "value words", 4, count);
        }
        patch("A5", RejectCode.TRUNCATED, "value numbers", 4, 1L << 22);
        patch("A5", RejectCode.TRUNCATED, "value words", 4, 1L << 22);
        patch("A5", RejectCode.BAD_ARRAY, "value numbers", 0, ValueType.ARRAY.ordinal());
        var texts = Collections.nCopies(13, new byte[1 << 20]);
        add("A5", "strings of 13 MiB in one array", RejectCode.BAD_ARRAY,
                new GgufWriter().texts("words", texts).bytes());
    }

    private void wrongTypes() {
        add("A6", "alignment as u64", RejectCode.WRONG_TYPE,
                HostileFile.base().u64("general.alignment", 32).bytes());
        add("A6", "alignment as string", RejectCode.WRONG_TYPE,
                HostileFile.base().string("general.alignment", "32").bytes());
        add("A6", "alignment as array", RejectCode.WRONG_TYPE,
                HostileFile.base().integers("general.alignment", 32).bytes());
        add("A6", "split count as float", RejectCode.WRONG_TYPE, HostileFile.base().f32("split.count", 1).bytes());
        add("A6", "tokens as string", RejectCode.WRONG_TYPE,
                HostileFile.base().string("tokenizer.ggml.tokens", "a").bytes());
        add("A6", "tokens as array of integer", RejectCode.WRONG_TYPE,
                HostileFile.base().integers("tokenizer.ggml.tokens", 1).bytes());
        add("A6", "merges as array of integer", RejectCode.WRONG_TYPE,
                HostileFile.base().integers("tokenizer.ggml.merges", 1).bytes());
        add("A6", "scores as array of integer", RejectCode.WRONG_TYPE, HostileFile.base()
                .strings("tokenizer.ggml.tokens", List.of("a")).integers("tokenizer.ggml.scores", 1).bytes());
        add("A6", "token types as array of float", RejectCode.WRONG_TYPE, HostileFile.base()
                .strings("tokenizer.ggml.tokens", List.of("a")).decimals("tokenizer.ggml.token_type", 1).bytes());
    }

    private void alignments() {
        for (int alignment : new int[]{0, 1, 4, 7, 12, 33, 65537, 131072, -1, Integer.MIN_VALUE}) {
            add("A7", "alignment " + Integer.toUnsignedString(alignment), RejectCode.BAD_ALIGNMENT,
                    HostileFile.base().u32("general.alignment", alignment).bytes());
        }
    }

    private void shapes() {
        for (int count : new int[]{0, 5, -1, Integer.MAX_VALUE}) {
            patch("A8", RejectCode.BAD_DIMENSION_COUNT, "shape a.weight", 0, count);
        }
        for (long dimension : new long[]{0, -1, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 32}) {
            patch("A9", RejectCode.BAD_DIMENSION, "shape a.weight", 4, dimension);
            patch("A9", RejectCode.BAD_DIMENSION, "shape a.weight", 12, dimension);
        }
        patch("A9", RejectCode.TENSOR_PAST_END, "shape a.weight", 12, (long) Integer.MAX_VALUE);
        patch("A9", RejectCode.TENSOR_PAST_END, "shape a.weight", 4, (long) Integer.MAX_VALUE);
        patch("A9", RejectCode.BAD_ROW, "shape c.weight", 4, 33L);
        patch("A9", RejectCode.BAD_ROW, "shape c.weight", 4, 1L);
        long most = Integer.MAX_VALUE;
        for (long[] shape : new long[][]{{most, most}, {1, most, most}, {most, 2, most, 2}, {1, 65536, 65536, 65536},
                {1 << 30, 1 << 30}, {4, 1 << 30}}) {
            byte[] bytes = new GgufWriter().tensor("a.weight", QuantType.F32, new byte[64], shape).bytes();
            files.add(new HostileFile("A9", "shape " + Arrays.toString(shape),
                    Set.of(RejectCode.BAD_DIMENSION, RejectCode.TENSOR_PAST_END), bytes));
        }
    }

    private void tensorTypes() {
        for (int type : new int[]{-1, 4, 5, 31, 32, 33, 36, 37, 38, 43, 255, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            patch("A10", RejectCode.UNKNOWN_TENSOR_TYPE, "quant a.weight", 0, type);
        }
        for (QuantType type : QuantType.values()) {
            if (!type.supported()) {
                patch("A10", RejectCode.UNSUPPORTED_TENSOR_TYPE, "quant a.weight", 0, type.id());
            }
        }
    }

    private void tensorNames() {
        for (long length : new long[]{0, 64, -1, Long.MAX_VALUE, Long.MIN_VALUE}) {
            patch("A11", RejectCode.BAD_TENSOR_NAME, "name a.weight", 0, length);
        }
        for (byte[] name : List.of(bytes('.', '.', '/', 'x'), bytes('a', '/', 'b'), bytes('a', '\\', 'b'),
                bytes('.', '.'), bytes('a', 0), bytes('a', '\n'), bytes(0x1B, '[', 'm'), bytes(0xFF),
                bytes(0xC0, 0xAF))) {
            add("A11", "name " + Printable.of(name), RejectCode.BAD_TENSOR_NAME,
                    HostileFile.base().tensor(name, QuantType.F32.id(), new byte[32], 8).bytes());
        }
        add("A11", "name twice", RejectCode.DUPLICATE_TENSOR,
                HostileFile.base().tensor("a.weight", new float[8], 8).bytes());
    }

    private void offsets() {
        for (long offset : new long[]{1, 31, 33}) {
            patch("A12", RejectCode.UNALIGNED_TENSOR, "offset b.weight", 0, offset);
        }
        for (long offset : new long[]{-32, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 31, 1L << 40, 1L << 20}) {
            patch("A12", RejectCode.TENSOR_PAST_END, "offset b.weight", 0, offset);
        }
        byte[] whole = HostileFile.base().bytes();
        for (int less = 1; less <= 32; less++) {
            add("A12", "last tensor short by " + less, RejectCode.TENSOR_PAST_END,
                    Arrays.copyOf(whole, whole.length - less));
        }
    }

    private void ownership() {
        patch("A12", RejectCode.TENSOR_OVERLAP, "offset b.weight", 0, 0L);
        patch("A12", RejectCode.TENSOR_OVERLAP, "offset b.weight", 0, 224L);
        patch("A12", RejectCode.TENSOR_OVERLAP, "offset a.weight", 0, 32L);
        byte[] whole = HostileFile.base().bytes();
        add("A12", "tail of 33 bytes", RejectCode.UNOWNED_BYTES, Arrays.copyOf(whole, whole.length + 33));
        // The first tensor's size shrinks, so that a hole of 128 bytes opens behind it.
        patch("A12", RejectCode.UNOWNED_BYTES, "shape a.weight", 12, 1L);
        add("A12", "no tensors but a tail", RejectCode.UNOWNED_BYTES,
                Arrays.copyOf(new GgufWriter().u32("a", 1).bytes(), 4096));
    }

    private void vocabularies() {
        List<String> three = List.of("a", "b", "c");
        add("A17", "two scores for three tokens", RejectCode.VOCABULARY_MISMATCH, HostileFile.base()
                .strings("tokenizer.ggml.tokens", three).decimals("tokenizer.ggml.scores", 1, 2).bytes());
        add("A17", "four types for three tokens", RejectCode.VOCABULARY_MISMATCH, HostileFile.base()
                .strings("tokenizer.ggml.tokens", three).integers("tokenizer.ggml.token_type", 1, 1, 1, 1).bytes());
        add("A17", "scores without tokens", RejectCode.VOCABULARY_MISMATCH,
                HostileFile.base().decimals("tokenizer.ggml.scores", 1).bytes());
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
