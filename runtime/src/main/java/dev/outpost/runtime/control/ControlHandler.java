package dev.outpost.runtime.control;

import dev.outpost.provisioning.json.JsonValue.JsonObject;

/** Does what a request on the control socket asks; on the connection's thread. */
@FunctionalInterface
public interface ControlHandler {

    /**
     * Answers one request.
     *
     * @param request its member {@code op} names the operation
     * @param progress told how far long work has come
     * @throws ControlException when it cannot be done
     */
    JsonObject answer(JsonObject request, Progress progress);

    /** Told how far long work has come. */
    @FunctionalInterface
    interface Progress {
        /** Nobody looks. */
        Progress NONE = (_, _, _) -> {};

        /**
         * Some of it is done.
         *
         * @param what a word or two, such as {@code importing}
         * @param done bytes so far
         * @param total bytes in all; 0 when unknown
         */
        void at(String what, long done, long total);
    }
}
