package dev.outpost.runtime.fleet;

import dev.outpost.runtime.fleet.wire.Presence;
import dev.outpost.runtime.mqtt.LinkSession;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.SessionPort;
import java.util.List;
import java.util.Optional;

/**
 * What the fleet's link says about the device being there: each connection has a number and a will that carries it. What
 * is only known later is asked from {@link #describe}. Any thread.
 */
public final class PresenceSessions {

    /** What changes while the device is there. */
    interface Description {
        List<String> models();

        long desiredVersion();
    }

    private final AgentFacts facts;
    private final String host;
    private final int port;
    private volatile Optional<Description> description = Optional.empty();
    private volatile long session;

    /**
     * @param host of the broker
     * @param port of the broker
     */
    public PresenceSessions(AgentFacts facts, String host, int port) {
        this.facts = facts;
        this.host = host;
        this.port = port;
    }

    void describe(Description now) {
        description = Optional.of(now);
    }

    /** The next connection's session; on the link's supervising thread. */
    public LinkSession next() {
        session++;
        return new Session(host, port, message(false));
    }

    /** What the device says of itself now. */
    MqttOutgoing message(boolean online) {
        var presence = new Presence(online, facts.boot(), session, facts.runtime().toString(), facts.profile(),
                online ? description.map(Description::models).orElse(List.of()) : List.of(),
                description.map(Description::desiredVersion).orElse(0L));
        return MqttOutgoing.of(facts.topics().own("presence"), presence.encode(), 1, true);
    }

    private record Session(String host, int port, MqttOutgoing goodbye) implements LinkSession {
        @Override
        public Optional<MqttOutgoing> will() {
            return Optional.of(goodbye);
        }

        @Override
        public boolean leavesWithWill() {
            return false;
        }

        @Override
        public void connectWritten() {
            // the number is drawn before each attempt; gaps in it mean nothing
        }

        @Override
        public void opened(SessionPort port) {
            // the agent announces itself once the link says so
        }
    }
}
