package dev.outpost.provisioning.failure;

import java.util.Objects;

/** Something that arrived was refused; the device is as it was before. */
public final class RefusedException extends ProvisioningException {
    private final Refusal code;

    /**
     * @param code why, for programs
     * @param detail why, for people: lower-case fact, then {@code name=value} expected and found
     */
    public RefusedException(Refusal code, String detail) {
        super(detail, null);
        this.code = Objects.requireNonNull(code, "code");
    }

    /** The reason, for programs. */
    public Refusal code() {
        return code;
    }
}
