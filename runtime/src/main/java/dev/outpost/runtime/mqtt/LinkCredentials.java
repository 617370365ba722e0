package dev.outpost.runtime.mqtt;

/**
 * What a broker asks for besides a certificate.
 *
 * @param username the user
 * @param password its password or token
 */
public record LinkCredentials(String username, byte[] password) {

    public LinkCredentials {
        password = password.clone();
    }

    @Override
    public byte[] password() {
        return password.clone();
    }

    /** Never prints the password. */
    @Override
    public String toString() {
        return "LinkCredentials[" + username + "]";
    }
}
