package dev.outpost.engine.kernels;

/** The façade's checks: each says what was expected and what was found. */
final class Shapes {

    private Shapes() {}

    static void holds(String name, long found, long needed) {
        if (found < needed) {
            throw new IllegalArgumentException(name + " is too short: expected=" + needed + ", found=" + found);
        }
    }

    static void equal(String name, long expected, long found) {
        if (found != expected) {
            throw new IllegalArgumentException(name + " differs: expected=" + expected + ", found=" + found);
        }
    }

    static void index(String name, int found, int limit) {
        if (found < 0 || found >= limit) {
            throw new IllegalArgumentException(name + " is out of range: limit=" + limit + ", found=" + found);
        }
    }
}
