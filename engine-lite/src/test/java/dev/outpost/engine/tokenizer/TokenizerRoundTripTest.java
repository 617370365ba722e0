package dev.outpost.engine.tokenizer;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.outpost.engine.gguf.GgufWriter;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Encode, then decode, is the identity over Unicode. */
class TokenizerRoundTripTest {

    static Stream<GgufWriter> files() {
        return Stream.of(TokenizerFixture.byteLevel("default"), TokenizerFixture.byteLevel("gpt-2"),
                TokenizerFixture.byteLevel("smollm"), TokenizerFixture.byteLevel("llama-bpe"),
                TokenizerFixture.byteLevel("qwen2"), TokenizerFixture.sentencePiece(),
                TokenizerFixture.sentencePiece().bool("tokenizer.ggml.add_space_prefix", false));
    }

    @ParameterizedTest
    @MethodSource("files")
    void keepsAnyText(GgufWriter file) {
        Tokenizer tokenizer = TokenizerFixture.read(file);
        Random random = new Random(7);
        for (int round = 0; round < 2000; round++) {
            String text = text(random);
            // The vocabulary's own sign for a space cannot be told from one.
            String expected = wellFormed(text.replace('\u2581', ' '));
            assertEquals(expected, tokenizer.decode(tokenizer.encode(text.replace('\u2581', ' '), false), false));
            assertEquals(expected, tokenizer.decode(tokenizer.encode(text.replace('\u2581', ' '), true), true));
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i > 0; i--) {
            switch (random.nextInt(6)) {
                case 0 -> text.append(" \n\t.,'’!?-_".charAt(random.nextInt(11)));
                case 1 -> text.append((char) random.nextInt(0x10000));
                case 2 -> text.appendCodePoint(random.nextInt(0x110000));
                case 3 -> text.append((char) (0xD800 + random.nextInt(0x800)));
                case 4 -> text.append(random.nextInt(1000));
                default -> text.append((char) ('a' + random.nextInt(26)));
            }
        }
        return text.toString();
    }

    /** An unpaired surrogate is no character and becomes U+FFFD. */
    private static String wellFormed(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().forEach(c -> out.appendCodePoint(c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c));
        return out.toString();
    }
}
