package dev.outpost.runtime.config;

/** Where a value comes from, as an operator would look it up. */
public sealed interface Origin {

    /** The built-in default. */
    record Default() implements Origin {
        @Override
        public String toString() {
            return "default";
        }
    }

    /** A device profile; {@code line} counts from 1. */
    record Profile(String name, int line) implements Origin {
        @Override
        public String toString() {
            return "profile " + name + ":" + line;
        }
    }

    /** A configuration file; {@code line} counts from 1. */
    record File(String path, int line) implements Origin {
        @Override
        public String toString() {
            return path + ":" + line;
        }
    }

    /** A configuration that the fleet signed; {@code line} counts from 1. */
    record Fleet(long version, int line) implements Origin {
        @Override
        public String toString() {
            return "fleet configuration " + version + ":" + line;
        }
    }

    /** An environment variable. */
    record Environment(String variable) implements Origin {
        @Override
        public String toString() {
            return "environment " + variable;
        }
    }

    /** A command-line flag. */
    record Flag(String name) implements Origin {
        @Override
        public String toString() {
            return "flag " + name;
        }
    }
}
