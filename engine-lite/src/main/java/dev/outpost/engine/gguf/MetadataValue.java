package dev.outpost.engine.gguf;

/** A checked value, by its place in the header. Offsets count from the start of the file. */
sealed interface MetadataValue {

    /** Offset of the value's first byte, behind its type. */
    long at();

    /** How the type is spelled in a refusal. */
    String typeWord();

    /** A number or a bool. */
    record Scalar(ValueType type, long at) implements MetadataValue {

        @Override
        public String typeWord() {
            return type.word();
        }
    }

    /** A string; {@code at} is the offset of its length field. */
    record Text(long at, int length) implements MetadataValue {

        @Override
        public String typeWord() {
            return ValueType.STRING.word();
        }
    }

    /**
     * An array without nesting.
     *
     * @param at offset of the first element
     * @param textBytes bytes of all strings together, without their length fields; 0 for other elements
     */
    record Elements(ValueType type, long at, int count, int textBytes) implements MetadataValue {

        @Override
        public String typeWord() {
            return "array of " + type.word();
        }
    }
}
