package dev.outpost.engine.gguf;

import java.util.Locale;
import java.util.Optional;

/** Types of metadata values; the ordinal is the id in the file. */
enum ValueType {

    U8(1), I8(1), U16(2), I16(2), U32(4), I32(4), F32(4), BOOL(1), STRING(0), ARRAY(0), U64(8), I64(8), F64(8);

    private static final ValueType[] BY_ID = values();

    /** Bytes of a value; 0 where the value says itself. */
    private final int bytes;

    ValueType(int bytes) {
        this.bytes = bytes;
    }

    static Optional<ValueType> byId(int id) {
        return id < 0 || id >= BY_ID.length ? Optional.empty() : Optional.of(BY_ID[id]);
    }

    int bytes() {
        return bytes;
    }

    boolean isInteger() {
        return switch (this) {
            case U8, I8, U16, I16, U32, I32, U64, I64 -> true;
            case F32, F64, BOOL, STRING, ARRAY -> false;
        };
    }

    boolean isDecimal() {
        return this == F32 || this == F64;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
