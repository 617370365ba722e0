package dev.outpost.provisioning.verify;

/**
 * Every check on signed documents. All are always on; a test of this package can leave one out to show that it, and
 * nothing else, stops the attacks it is there for.
 */
enum Check {
    /** No more than 64 KiB. */
    SIZE,
    /** Exactly the canonical bytes. */
    CANONICAL_FORM,
    /** No member that was not read. */
    NOTHING_UNREAD,
    /** The right kind in the right format version. */
    DOCUMENT_TYPE,
    /** At least one signature. */
    SIGNED,
    /** Signatures verify. */
    SIGNATURE_VALUE,
    /** Only signers of the role count. */
    SIGNER_OF_ROLE,
    /** As many signers as the role demands. */
    THRESHOLD,
    /** A signer counts once however often it signed. */
    SIGNER_COUNTED_ONCE,
    /** Every key of a signer has signed, old scheme and post-quantum one. */
    EVERY_KEY_OF_SIGNER,
    /** A new root is signed by the old one's signers. */
    ROOT_BY_OLD_SIGNERS,
    /** A new root is signed by its own signers. */
    ROOT_BY_NEW_SIGNERS,
    /** A new root is exactly the next. */
    ROOT_STEP,
    /** No more than 1,024 steps at once. */
    ROOT_CHAIN_LENGTH,
    /** Keys are named by their digest, belong to one signer of one role; thresholds can be reached and are not trivial. */
    ROOT_CONSISTENT,
    /** Not expired by the trusted time floor. */
    EXPIRY,
    /** The fleet document is not older than one verified before. */
    FLEET_FLOOR,
    /** The fleet document is not older than the freshness role said it must be. */
    ANNOUNCED_FLOOR,
    /** The release is not older than one verified before, unless allowed by name. */
    RELEASE_FLOOR,
    /** One version, one content. */
    SAME_VERSION_SAME_CONTENT,
    /** The root has not revoked the release. */
    REVOKED,
    /** Made for this site. */
    SITE,
    /** Made for this device or a group it is in. */
    DEVICE,
    /** Made for this device profile. */
    PROFILE,
    /** This runtime is new enough. */
    RUNTIME_VERSION,
    /** Release and fleet name the same line, counter, digest and length. */
    TARGETS_AGREE,
    /** The freshness answer is to our question. */
    NONCE,
    /** The configuration is the one whose digest the fleet signed. */
    CONFIGURATION_DIGEST,
    /** Floors that a stolen online key may have pushed up fall back when the root rotates that key. */
    FLOOR_RESET
}
