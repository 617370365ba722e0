package dev.outpost.runtime.cli;

/** Statuses of {@code sysexits.h} that a verb may end with. */
public enum ExitStatus {
    OK(0), USAGE(64), DATA(65), NO_INPUT(66), UNAVAILABLE(69), INTERNAL(70), CANNOT_CREATE(73), IO(74), RETRY(
            75), NO_PERMISSION(77), CONFIG(78);

    private final int code;

    ExitStatus(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }
}
