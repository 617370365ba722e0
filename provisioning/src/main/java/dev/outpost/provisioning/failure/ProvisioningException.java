package dev.outpost.provisioning.failure;

/** Base of every failure that provisioning throws. */
public abstract sealed class ProvisioningException extends RuntimeException
        permits RefusedException, StorageFaultException {
    ProvisioningException(String message, Throwable cause) {
        super(message, cause);
    }
}
