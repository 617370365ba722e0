package dev.outpost.provisioning;

/** Port: told after each journalled step, on the update's thread; must not throw. Implemented in {@code runtime}. */
public interface UpdateListener {
    /** The update moved. */
    void moved(UpdateReport report);
}
