package dev.outpost.provisioning.manifest;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;

/**
 * A runtime version of three numbers.
 *
 * @param major first
 * @param minor second
 * @param patch third
 */
public record Version(int major, int minor, int patch) implements Comparable<Version> {
    /** Reads {@code 1.2.3}; a suffix behind {@code -} is ignored. */
    public static Version parse(String text) {
        String[] parts = text.split("-", 2)[0].split("\\.", -1);
        try {
            if (parts.length == 3) {
                return new Version(Integer.parseUnsignedInt(parts[0]), Integer.parseUnsignedInt(parts[1]),
                        Integer.parseUnsignedInt(parts[2]));
            }
        } catch (NumberFormatException notNumbers) {
            throw malformed(text);
        }
        throw malformed(text);
    }

    @Override
    public int compareTo(Version other) {
        int majors = Integer.compare(major, other.major);
        int minors = Integer.compare(minor, other.minor);
        return majors != 0 ? majors : minors != 0 ? minors : Integer.compare(patch, other.patch);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }

    private static RefusedException malformed(String text) {
        return new RefusedException(Refusal.MALFORMED_DOCUMENT, "not a version of three numbers: characters="
                + text.length());
    }
}
