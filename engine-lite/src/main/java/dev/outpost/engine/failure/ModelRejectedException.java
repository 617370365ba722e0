package dev.outpost.engine.failure;

import java.util.OptionalLong;

/** A model file that is malformed, hostile or of a kind this engine does not run. Nothing of it stays open. */
public final class ModelRejectedException extends EngineException {

    private static final long serialVersionUID = 1L;

    private final String code;
    private final String field;
    private final long offset;

    /**
     * @param code stable snake_case word for the class of fault, such as {@code truncated} or {@code tensor_overlap}
     * @param field the metadata key, tensor name or header field at fault
     * @param offset byte offset in the file, or -1 where none applies
     * @param detail lower-case fact with {@code expected=… found=…}
     */
    public ModelRejectedException(String code, String field, long offset, String detail) {
        this(code, field, offset, detail, null);
    }

    public ModelRejectedException(String code, String field, long offset, String detail, Throwable cause) {
        super("model rejected: code=" + code + ", field=" + field + (offset < 0 ? "" : ", offset=" + offset) + ": "
                + detail, cause);
        this.code = code;
        this.field = field;
        this.offset = offset;
    }

    public String code() {
        return code;
    }

    public String field() {
        return field;
    }

    public OptionalLong offset() {
        return offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
    }
}
