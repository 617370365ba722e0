package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.failure.ProvisioningException;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the peers of this site have said they hold. Bounded; old and false announcements fall out. Any thread. */
final class PeerBook {
    private static final int MOST_OFFERS = 1_024;

    private record Key(String device, ContentDigest digest) {}

    /** One peer's latest word on one file. */
    record Offer(PeerHave have, long at) {}

    private final TopicPlan own;
    private final Duration lifetime;
    private final LinkedHashMap<Key, Offer> offers = new LinkedHashMap<>();
    private final Map<String, Long> banned = new HashMap<>();

    PeerBook(TopicPlan own, Duration lifetime) {
        this.own = own;
        this.lifetime = lifetime;
    }

    /** The link's thread. */
    void arrived(MqttIncoming message) {
        if (message.retained()) {
            return;
        }
        try {
            var have = PeerHave.of(message.payload());
            boolean fromItself = message.topic().equals(own.shared("_peer/" + have.device() + "/have"));
            if (fromItself && !have.device().equals(own.device())) {
                learn(have, System.nanoTime());
            }
        } catch (ProvisioningException malformed) {
            // Anybody may write what he likes; this teaches nothing.
        }
    }

    /** The peers that spoke of this file a moment ago and are not banned. */
    synchronized List<PeerHave> peers(ContentDigest digest, int count) {
        long now = System.nanoTime();
        offers.values().removeIf(offer -> now - offer.at() > lifetime.toNanos());
        banned.values().removeIf(until -> now - until > 0);
        var peers = new ArrayList<PeerHave>();
        for (var offer : offers.values()) {
            var have = offer.have();
            if (have.digest().equals(digest) && have.count() == count && !banned.containsKey(have.device())) {
                peers.add(have);
            }
        }
        return peers;
    }

    /** Any peer that speaks of any file: it may have documents too. */
    synchronized List<PeerHave> all() {
        return offers.values().stream().map(Offer::have).filter(have -> !banned.containsKey(have.device())).toList();
    }

    /** Is not asked for a while. */
    synchronized void ban(String device, Duration how) {
        banned.put(device, System.nanoTime() + how.toNanos());
    }

    private synchronized void learn(PeerHave have, long now) {
        offers.putLast(new Key(have.device(), have.digest()), new Offer(have, now));
        if (offers.size() > MOST_OFFERS) {
            offers.pollFirstEntry();
        }
    }
}
