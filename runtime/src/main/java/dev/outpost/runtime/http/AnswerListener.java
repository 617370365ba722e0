package dev.outpost.runtime.http;

/** Told how requests to a model ended, on their threads; must not block. */
@FunctionalInterface
public interface AnswerListener {

    /**
     * A request ended.
     *
     * @param model the model that it was put to
     * @param ok false when the engine failed; requests of clients that erred or left are not reported
     */
    void answered(ModelLabel model, boolean ok);
}
