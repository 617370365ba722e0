package dev.outpost.provisioning.failure;

/**
 * The disk failed. After a failed sync the storage stays read-only until it is opened again: the kernel has marked the
 * pages clean, so a second sync would report a success that never happened.
 */
public final class StorageFaultException extends ProvisioningException {
    /** @param cause what the operating system said; null when the storage itself refuses to go on */
    public StorageFaultException(String message, Throwable cause) {
        super(message, cause);
    }
}
