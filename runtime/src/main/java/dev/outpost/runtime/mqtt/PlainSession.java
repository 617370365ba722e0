package dev.outpost.runtime.mqtt;

import java.util.Optional;

/** The same for every connection: the link's own address and will, and nobody to tell. */
record PlainSession(String host, int port, Optional<MqttOutgoing> will) implements LinkSession {

    @Override
    public boolean leavesWithWill() {
        return false;
    }

    @Override
    public void connectWritten() {
        // nothing of this session differs from the last
    }

    @Override
    public void opened(SessionPort port) {
        // whoever wants to know asked the link
    }
}
