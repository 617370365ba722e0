package dev.outpost.engine.gguf;

import dev.outpost.engine.failure.ModelRejectedException;
import java.util.Locale;

/** Why a file is refused: the stable words of {@link ModelRejectedException#code()} that this package uses. */
enum RejectCode {

    /** No regular file, or not readable. */
    UNREADABLE,
    /** The file ends inside what is being read. */
    TRUNCATED,
    /** The first four bytes are not those of a GGUF file. */
    BAD_MAGIC,
    /** A GGUF version other than 2 and 3. */
    BAD_VERSION,
    /** Big-endian GGUF. */
    BIG_ENDIAN,
    /** One part of a model that was split over several files. */
    SPLIT_FILE,
    /** More metadata pairs or tensors than allowed, or than the file has room for. */
    BAD_COUNT,
    /** Metadata longer than allowed. */
    METADATA_TOO_LONG,
    /** A key that is empty, too long, not UTF-8 or holds control characters. */
    BAD_KEY,
    /** A key that appears twice. */
    DUPLICATE_KEY,
    /** A value type that does not exist. */
    BAD_VALUE_TYPE,
    /** A bool other than 0 and 1. */
    BAD_BOOL,
    /** A string longer than allowed. */
    STRING_TOO_LONG,
    /** Text that is not UTF-8. */
    BAD_TEXT,
    /** An array that is nested, too long, or longer than the file. */
    BAD_ARRAY,
    /** A value of another type than its key demands. */
    WRONG_TYPE,
    /** A number out of the range its key demands, NaN and infinities included. */
    BAD_NUMBER,
    /** {@code general.alignment} is no power of two between 8 and 65536. */
    BAD_ALIGNMENT,
    /** Vocabulary arrays of unequal length. */
    VOCABULARY_MISMATCH,
    /** A tensor name that is empty, too long, not UTF-8, or reads like a path. */
    BAD_TENSOR_NAME,
    /** A tensor name that appears twice. */
    DUPLICATE_TENSOR,
    /** A count of dimensions other than 1 to 4. */
    BAD_DIMENSION_COUNT,
    /** A dimension below 1 or past the range of 31 bits, or a product past it. */
    BAD_DIMENSION,
    /** A row that is no multiple of its type's block. */
    BAD_ROW,
    /** A tensor type id that does not exist. */
    UNKNOWN_TENSOR_TYPE,
    /** A tensor type this engine has no kernels for. */
    UNSUPPORTED_TENSOR_TYPE,
    /** A tensor that does not start on the alignment. */
    UNALIGNED_TENSOR,
    /** A tensor that ends past the file. */
    TENSOR_PAST_END,
    /** Two tensors share bytes. */
    TENSOR_OVERLAP,
    /** More than one alignment unit of bytes that no tensor owns. */
    UNOWNED_BYTES,
    /** The file changed while it was read. */
    FILE_CHANGED;

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    ModelRejectedException at(long offset, String field, String detail) {
        return new ModelRejectedException(word(), Printable.of(field), offset, detail);
    }

    ModelRejectedException at(long offset, String field, String detail, Throwable cause) {
        return new ModelRejectedException(word(), Printable.of(field), offset, detail, cause);
    }
}
