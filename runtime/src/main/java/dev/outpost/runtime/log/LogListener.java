package dev.outpost.runtime.log;

/** Told of each warning and error that was written; on the thread that logs, so it returns quickly and logs nothing. */
public interface LogListener {

    /**
     * @param level {@code warn} or {@code error}
     * @param room which part of the program
     */
    void warned(String level, String room, String message);
}
