package dev.outpost.provisioning.failure;

import java.util.Locale;

/** Every reason for which provisioning refuses what arrived; the words are stable and travel in reports. */
public enum Refusal {
    /** Bytes are not JSON, or not the JSON this document must be. */
    MALFORMED_DOCUMENT,
    /** More bytes, depth or members than a document may have. */
    DOCUMENT_TOO_LARGE,
    /** Valid JSON, but not in the canonical form of RFC 8785 that was signed. */
    NOT_CANONICAL,
    /** A member name occurs twice. */
    DUPLICATE_MEMBER,
    /** A member this version does not know. */
    UNKNOWN_MEMBER,
    /** A document of another role or of another format version. */
    WRONG_DOCUMENT_TYPE,
    /** Fewer valid signatures by different signers of the role than its threshold. */
    TOO_FEW_SIGNATURES,
    /** A root that is not exactly the successor of the trusted one. */
    ROOT_NOT_NEXT,
    /** A root whose keys or roles do not hold together. */
    ROOT_INCONSISTENT,
    /** More root steps than a device follows at once. */
    ROOT_CHAIN_TOO_LONG,
    /** Its expiry lies below the trusted time floor. */
    EXPIRED,
    /** Older than the highest version this device has verified. */
    OLDER_THAN_FLOOR,
    /** Same version as verified before, other content. */
    CHANGED_WITHOUT_VERSION,
    /** The root names this release counter as revoked. */
    RELEASE_REVOKED,
    /** Meant for another site. */
    WRONG_SITE,
    /** Meant for another device or group. */
    WRONG_DEVICE,
    /** Meant for another device profile. */
    WRONG_PROFILE,
    /** Needs a newer runtime. */
    RUNTIME_TOO_OLD,
    /** Release and fleet do not name the same target. */
    TARGETS_DISAGREE,
    /** The answer is not to the question this device asked. */
    WRONG_NONCE,
    /** The fleet no longer names this release. */
    NOT_WANTED,
    /** The block list is not the signed one, or not a list of this file. */
    BLOCK_LIST_MISMATCH,
    /** The whole file is not the signed one although each block is. */
    FILE_MISMATCH,
    /** The stored file is no longer what was verified. */
    FILE_CHANGED,
    /** Starts like a GGUF file, but its layout does not hold together. */
    MALFORMED_GGUF,
    /** Not enough free disk space. */
    DISK_BUDGET,
    /** Does not fit the memory budget even alone. */
    MEMORY_BUDGET,
    /** Adapters (LoRA) are not supported by this engine. */
    ADAPTER_UNSUPPORTED,
    /** A kind of target this device has no use for. */
    KIND_UNSUPPORTED,
    /** A claim, command or token that was used before. */
    REPLAYED,
    /** The certificate does not belong to the device's key, or its chain does not hold. */
    CERTIFICATE_MISMATCH,
    /** No such name or digest in the store. */
    UNKNOWN_MODEL,
    /** A name that is not allowed. */
    BAD_NAME,
    /** The release failed too often on this device. */
    ATTEMPTS_SPENT;

    /** The word used in reports and logs, such as {@code wrong_site}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
