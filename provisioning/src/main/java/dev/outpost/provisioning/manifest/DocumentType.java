package dev.outpost.provisioning.manifest;

/** Kinds of signed documents with the format version they carry; none can stand in for another. */
public enum DocumentType {
    /** {@link RootDocument}. */
    ROOT("outpost/root/1", Role.ROOT),
    /** {@link ReleaseManifest}. */
    RELEASE("outpost/release/1", Role.RELEASE),
    /** {@link FleetDocument}. */
    FLEET("outpost/fleet/1", Role.FLEET),
    /** {@link FreshnessAnswer}. */
    FRESHNESS("outpost/freshness/1", Role.FRESHNESS),
    /** A claim file, signed by the fleet role of the root it carries. */
    CLAIM("outpost/claim/1", Role.FLEET),
    /** An ownership command. */
    OWNER("outpost/owner/1", Role.OWNER),
    /** A {@link Command}. */
    COMMAND("outpost/command/1", Role.FLEET);

    private final String word;
    private final Role role;

    DocumentType(String word, Role role) {
        this.word = word;
        this.role = role;
    }

    /** The value of the document's {@code type} member. */
    public String word() {
        return word;
    }

    /** The role whose threshold must have signed it. */
    public Role role() {
        return role;
    }
}
