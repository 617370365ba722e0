package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.sparkplug.SparkplugSettings.Server;
import java.util.List;

/**
 * Which server is next: after a failed attempt or an intended leave the one after it, after a broken connection the
 * same again. Any thread.
 */
final class Servers {

    private final List<Server> all;
    private int at;
    private boolean failing;

    Servers(List<Server> all) {
        this.all = all;
    }

    /** For the next attempt. */
    synchronized Server next() {
        if (failing) {
            at = (at + 1) % all.size();
        }
        failing = true;
        return current();
    }

    synchronized Server current() {
        return all.get(at);
    }

    synchronized void opened() {
        failing = false;
    }

    /** The next attempt goes to the one after this. */
    synchronized void leave() {
        failing = true;
    }

    boolean several() {
        return all.size() > 1;
    }
}
