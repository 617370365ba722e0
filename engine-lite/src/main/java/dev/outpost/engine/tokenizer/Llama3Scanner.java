package dev.outpost.engine.tokenizer;

import static dev.outpost.engine.tokenizer.WordScanner.contraction;
import static dev.outpost.engine.tokenizer.WordScanner.isSymbol;
import static dev.outpost.engine.tokenizer.WordScanner.kind;
import static dev.outpost.engine.tokenizer.WordScanner.spaces;

/**
 * The pattern of Llama 3 and Qwen 2, which differ in how many digits make a word: {@code
 * (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+}.
 */
final class Llama3Scanner implements WordScanner {

    private final int digits;

    /** @param digits most digits in one word: 3 for Llama 3, 1 for Qwen 2 */
    Llama3Scanner(int digits) {
        this.digits = digits;
    }

    @Override
    public int next(CodePoints text, int at, int end) {
        int contraction = contraction(text, at, end, true);
        if (contraction > 0) {
            return at + contraction;
        }
        int c = text.value(at);
        byte first = text.kind(at);
        if (first == CodePoints.NUMBER) {
            int stop = at;
            while (stop - at < digits && kind(text, stop, end) == CodePoints.NUMBER) {
                stop++;
            }
            return stop;
        }
        if (c != '\r' && c != '\n' && (first == CodePoints.LETTER || kind(text, at + 1, end) == CodePoints.LETTER)) {
            return run(text, at + 1, end);
        }
        int stop = c == ' ' ? at + 1 : at;
        if (isSymbol(kind(text, stop, end))) {
            while (isSymbol(kind(text, stop, end))) {
                stop++;
            }
            while (stop < end && isLineBreak(text.value(stop))) {
                stop++;
            }
            return stop;
        }
        return lineBreaksOrSpaces(text, at, end);
    }

    private static int run(CodePoints text, int from, int end) {
        int stop = from;
        while (kind(text, stop, end) == CodePoints.LETTER) {
            stop++;
        }
        return stop;
    }

    private static int lineBreaksOrSpaces(CodePoints text, int at, int end) {
        int afterBreak = 0;
        for (int i = at; kind(text, i, end) == CodePoints.SPACE; i++) {
            if (isLineBreak(text.value(i))) {
                afterBreak = i + 1;
            }
        }
        return afterBreak > 0 ? afterBreak : spaces(text, at, end);
    }

    private static boolean isLineBreak(int c) {
        return c == '\r' || c == '\n';
    }
}
