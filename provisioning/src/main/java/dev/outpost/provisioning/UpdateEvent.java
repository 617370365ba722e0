package dev.outpost.provisioning;

/** What happened in a state. */
enum UpdateEvent {
    /** A fleet document and a release arrived. */
    OFFERED,
    /** The process started again in this state. */
    RESTARTED,
    /** Time to look again. */
    RETRIED,
    /** The documents are good and it is this device's turn. */
    VERIFIED,
    /** The documents are good, it is not this device's turn. */
    NOT_YET,
    /** The wanted file is in use already. */
    ALREADY_ACTIVE,
    /** The offer cannot be accepted; nothing has changed. */
    REFUSED,
    /** A model's file is in the store. */
    STAGED,
    /** An opaque file is in the store. */
    OPAQUE_STAGED,
    /** No carrier can bring more for now. */
    INTERRUPTED,
    /** Old and new model fit together. */
    FITS_BESIDE,
    /** The new model fits only without the old one. */
    FITS_ALONE,
    /** The old model is unloaded. */
    UNLOADED,
    /** The new model is loaded. */
    LOADED,
    /** The step failed. */
    FAILED,
    /** Too many restarts in this update. */
    ATTEMPTS_SPENT,
    /** The golden questions were answered. */
    PASSED,
    /** Requests go to the new model. */
    SWITCHED,
    /** All is tidy. */
    COMMITTED,
    /** The opaque file is in use. */
    INSTALLED,
    /** The model before serves. */
    RESTORED
}
