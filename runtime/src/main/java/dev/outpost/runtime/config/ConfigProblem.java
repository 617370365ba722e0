package dev.outpost.runtime.config;

/**
 * One thing wrong with the configuration.
 *
 * @param origin the place to look at
 * @param fact lower-case, with what was expected and found
 */
public record ConfigProblem(Origin origin, String fact) {
    @Override
    public String toString() {
        return origin + ": " + fact;
    }
}
