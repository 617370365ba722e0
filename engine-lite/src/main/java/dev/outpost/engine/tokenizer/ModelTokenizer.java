package dev.outpost.engine.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.OptionalInt;

/** The tokenizer of a model file: special tokens cut out first, the text between them by the vocabulary's own rules. */
final class ModelTokenizer implements Tokenizer {

    private static final byte[] NOTHING = {};

    private final Vocabulary vocabulary;
    private final SpecialTokens special;
    private final TextModel model;
    private final SpecialTokenFinder finder;
    private final BitSet stripsRight;

    ModelTokenizer(SpecialTokens.Found found, TextModel model, BitSet stripsRight) {
        this.vocabulary = found.vocabulary();
        this.special = found.tokens();
        this.model = model;
        this.finder = new SpecialTokenFinder(vocabulary);
        this.stripsRight = (BitSet) stripsRight.clone();
    }

    @Override
    public int vocabulary() {
        return vocabulary.size();
    }

    @Override
    public int[] encode(String text, boolean parseSpecial) {
        IdList out = new IdList(text.length() / 3);
        encode(text, parseSpecial, out);
        return out.toArray();
    }

    @Override
    public int[] encodePrompt(String text, boolean parseSpecial) {
        IdList out = new IdList(text.length() / 3 + 2);
        if (special.addBegin()) {
            out.add(special.beginOfSequence().orElseThrow());
        }
        encode(text, parseSpecial, out);
        if (special.addEnd()) {
            out.add(special.endOfSequence().orElseThrow());
        }
        return out.toArray();
    }

    private void encode(String text, boolean parseSpecial, IdList out) {
        if (text.isEmpty()) {
            return;
        }
        byte[] bytes = Utf8.bytes(text);
        boolean opens = true;
        for (SpecialTokenFinder.Piece piece : finder.split(bytes, parseSpecial, stripsRight)) {
            if (piece.id() >= 0) {
                out.add(piece.id());
                opens = true;
            } else {
                model.encode(bytes, piece.from(), piece.to(), opens, out);
                opens = false;
            }
        }
    }

    @Override
    public byte[] bytes(int id, boolean showSpecial) {
        return switch (vocabulary.type(id)) {
            case CONTROL, UNKNOWN -> showSpecial ? vocabulary.piece(id) : NOTHING;
            case USER_DEFINED -> vocabulary.piece(id);
            case NORMAL -> model.decode(vocabulary.piece(id));
            case BYTE -> new byte[]{(byte) ByteTokens.value(vocabulary.piece(id))};
            case UNUSED, UNDEFINED -> NOTHING;
        };
    }

    @Override
    public String decode(int[] ids, boolean showSpecial) {
        var all = new java.io.ByteArrayOutputStream(ids.length * 4);
        boolean opens = model.prefixesSpace();
        for (int id : ids) {
            byte[] bytes = bytes(id, showSpecial);
            int skip = opens && bytes.length > 0 && bytes[0] == ' ' ? 1 : 0;
            all.write(bytes, skip, bytes.length - skip);
            opens = model.prefixesSpace() && switch (vocabulary.type(id)) {
                case CONTROL, UNKNOWN, USER_DEFINED -> true;
                case NORMAL, BYTE, UNUSED, UNDEFINED -> false;
            };
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Override
    public boolean isEndOfGeneration(int id) {
        return special.isEndOfGeneration(id);
    }

    @Override
    public OptionalInt beginOfSequence() {
        return special.beginOfSequence();
    }

    @Override
    public OptionalInt endOfSequence() {
        return special.endOfSequence();
    }

    @Override
    public String piece(int id) {
        return vocabulary.text(id);
    }
}
