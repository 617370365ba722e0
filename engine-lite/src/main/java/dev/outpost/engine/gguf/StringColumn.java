package dev.outpost.engine.gguf;

import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.List;
import java.util.RandomAccess;

/** A {@link TextColumn} read as UTF-8, decoded at each {@code get}; malformed bytes become U+FFFD. */
final class StringColumn extends AbstractList<String> implements RandomAccess {

    private final List<byte[]> texts;

    StringColumn(List<byte[]> texts) {
        this.texts = texts;
    }

    @Override
    public String get(int index) {
        return new String(texts.get(index), StandardCharsets.UTF_8);
    }

    @Override
    public int size() {
        return texts.size();
    }
}
