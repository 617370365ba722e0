package dev.outpost.runtime.http;

/** The client left: there is nobody to answer. Thrown and caught within this package. */
final class ClientGoneException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ClientGoneException() {
        super("client left", null, false, false);
    }
}
