package dev.outpost.engine.prompt;

import java.util.List;

/**
 * What one rendering may take. A step is an expression or statement evaluated; building text and copying lists costs steps
 * too, so that a million of them bound time and memory both.
 */
final class RenderBudget {

    static final int STEP_LIMIT = 1_000_000;
    /** Nested macro calls; the same figure bounds the nesting of the template's text. */
    static final int CALL_LIMIT = 64;
    static final int RANGE_LIMIT = 100_000;

    /** Work is counted in parts of a step: a character built, an element copied, a text appended to another. */
    private static final int PARTS_PER_STEP = 32;
    private static final int PARTS_PER_ELEMENT = 16;
    private static final int PARTS_PER_APPEND = 16;
    /** Nested evaluations, so that no template can exhaust the thread's stack. */
    private static final int NESTING_LIMIT = 800;

    private final int characterLimit;
    private long parts;
    private int calls;
    private int nesting;

    /** @param characterLimit of the output, and of any text made on the way */
    RenderBudget(int characterLimit) {
        this.characterLimit = characterLimit;
    }

    void step() {
        take(PARTS_PER_STEP);
    }

    private void take(long count) {
        parts += count;
        if (parts > (long) STEP_LIMIT * PARTS_PER_STEP) {
            throw TemplateFailure.limit("template takes too many steps: limit=" + STEP_LIMIT);
        }
    }

    void enter() {
        step();
        if (++nesting > NESTING_LIMIT) {
            throw TemplateFailure.limit("template evaluates too deep: limit=" + NESTING_LIMIT);
        }
    }

    void leave() {
        nesting--;
    }

    void enterCall() {
        if (++calls > CALL_LIMIT) {
            throw TemplateFailure.limit("template calls too deep: limit=" + CALL_LIMIT);
        }
    }

    void leaveCall() {
        calls--;
    }

    /** Before a text of this length is made. */
    void characters(long count) {
        if (count > characterLimit) {
            throw TemplateFailure.limit("template makes too much text: limit=" + characterLimit + ", found=" + count);
        }
        take(count);
    }

    String text(String made) {
        characters(made.length());
        return made;
    }

    /** Before a list of this size is made. */
    void elements(long count) {
        take(count * PARTS_PER_ELEMENT);
    }

    List<Object> list(List<Object> made) {
        elements(made.size());
        return made;
    }

    void append(StringBuilder out, String text) {
        long length = (long) out.length() + text.length();
        if (length > characterLimit) {
            characters(length);
        }
        take(text.length() + (long) PARTS_PER_APPEND);
        out.append(text);
    }
}
