package dev.outpost.engine.prompt;

/** A function, method or macro. */
interface Callable {
    Object call(CallArguments arguments);
}
