package dev.outpost.runtime.supervise;

import java.util.Optional;

/** Reports the stations of a life to systemd, where it listens; else keeps silent. */
public final class Readiness {

    private final Optional<SystemdNotify> systemd;

    public Readiness(Optional<SystemdNotify> systemd) {
        this.systemd = systemd;
    }

    public void loading(String model) {
        tell("STATUS=loading " + model);
    }

    /** The listener is bound and the self-test token was right. */
    public void ready(String address) {
        tell("READY=1\nSTATUS=serving on " + address);
    }

    public void draining() {
        tell("STOPPING=1\nSTATUS=draining");
    }

    public void feedWatchdog() {
        tell("WATCHDOG=1");
    }

    private void tell(String state) {
        systemd.ifPresent(notify -> notify.send(state));
    }
}
