package dev.outpost.engine.prompt;

/** Python's {@code None}, so that templates never meet a Java null. */
enum None {
    NONE
}
