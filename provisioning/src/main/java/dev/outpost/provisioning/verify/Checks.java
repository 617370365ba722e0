package dev.outpost.provisioning.verify;

import java.util.EnumSet;
import java.util.Set;

/** The checks that are on. */
record Checks(Set<Check> on) {
    static Checks all() {
        return new Checks(EnumSet.allOf(Check.class));
    }

    static Checks without(Check check) {
        return new Checks(EnumSet.complementOf(EnumSet.of(check)));
    }

    boolean on(Check check) {
        return on.contains(check);
    }
}
