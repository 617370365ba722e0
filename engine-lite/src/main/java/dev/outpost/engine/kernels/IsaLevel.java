package dev.outpost.engine.kernels;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The one vocabulary of instruction sets: file names, {@code --isa}, log line and metric label all use these words. */
public enum IsaLevel {
    /** Plain Java: the oracle of all others. */
    SCALAR,
    /** The JVM's Vector API at whatever width it prefers. */
    VECTOR,
    /** ARM, 128 bit. */
    NEON,
    /** NEON with 8-bit dot products. */
    DOTPROD,
    /** NEON with 8-bit matrix products. */
    I8MM,
    /** x86, 256 bit. */
    AVX2,
    /** AVX2 with 8-bit dot products. */
    AVX_VNNI,
    /** x86, 512 bit. */
    AVX512,
    /** AVX-512 with 8-bit dot products. */
    AVX512_VNNI,
    /** An NVIDIA device. */
    CUDA;

    /** Lower-case form, as it is written and parsed. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @return empty for an unknown word; the comparison is exact */
    public static Optional<IsaLevel> parse(String word) {
        return Arrays.stream(values()).filter(level -> level.word().equals(word)).findFirst();
    }

    /** All words, for a refusal that says what is possible. */
    public static String words() {
        return Arrays.stream(values()).map(IsaLevel::word).collect(Collectors.joining(" "));
    }
}
