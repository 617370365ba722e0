package dev.outpost.engine.tokenizer;

import static dev.outpost.engine.tokenizer.WordScanner.contraction;
import static dev.outpost.engine.tokenizer.WordScanner.isSymbol;
import static dev.outpost.engine.tokenizer.WordScanner.kind;
import static dev.outpost.engine.tokenizer.WordScanner.spaces;

/** {@code 's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+} (GPT-2). */
final class Gpt2Scanner implements WordScanner {

    @Override
    public int next(CodePoints text, int at, int end) {
        int contraction = contraction(text, at, end, false);
        if (contraction > 0) {
            return at + contraction;
        }
        int stop = text.value(at) == ' ' ? at + 1 : at;
        byte first = kind(text, stop, end);
        if (first == CodePoints.LETTER || first == CodePoints.NUMBER) {
            while (kind(text, stop, end) == first) {
                stop++;
            }
            return stop;
        }
        if (isSymbol(first)) {
            while (isSymbol(kind(text, stop, end))) {
                stop++;
            }
            return stop;
        }
        return spaces(text, at, end);
    }
}
