package dev.outpost.runtime.admission;

import dev.outpost.engine.RequestClass;
import java.util.concurrent.atomic.AtomicBoolean;

/** Leave to run one request; closing it, any number of times, gives its places back. */
public final class Permit implements AutoCloseable {

    private final Admission admission;
    private final RequestClass requestClass;
    private final String client;
    private final int places;
    private final AtomicBoolean open = new AtomicBoolean(true);

    Permit(Admission admission, RequestClass requestClass, String client, int places) {
        this.admission = admission;
        this.requestClass = requestClass;
        this.client = client;
        this.places = places;
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) {
            admission.release(requestClass, client, places);
        }
    }
}
