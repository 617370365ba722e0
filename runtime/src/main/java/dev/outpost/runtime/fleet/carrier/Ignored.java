package dev.outpost.runtime.fleet.carrier;

/** Why a request, or part of one, was not answered. */
public enum Ignored {
    /** Not a chunk request. */
    MALFORMED,
    /** On a topic that is no device's, or that names another file. */
    WRONG_TOPIC,
    /** Retained: nobody waits for the answer. */
    RETAINED,
    /** A file, document or block that is not here; answered as absent. */
    ABSENT,
    /** Bytes outside the file; answered as absent. */
    OUTSIDE,
    /** The device, or all devices together, asked for more than may wait. */
    TOO_MUCH,
    /** Too old when its turn came. */
    EXPIRED,
    /** Void: the device has begun a newer session. */
    SUPERSEDED,
    /** Asked for already. */
    REPEATED,
    /** The broker did not take the answer. */
    UNSENT
}
