package dev.outpost.runtime;

import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.StoreBook;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.fleet.carrier.MqttCarrier;
import dev.outpost.runtime.fleet.carrier.MqttCarrierSettings;
import dev.outpost.runtime.fleet.carrier.PeerCarrier;
import dev.outpost.runtime.fleet.carrier.PeerCarrierSettings;
import dev.outpost.runtime.fleet.carrier.PeerShare;
import dev.outpost.runtime.fleet.carrier.RangeCarrier;
import dev.outpost.runtime.fleet.carrier.RangeCarrierSettings;
import dev.outpost.runtime.fleet.carrier.SiteCarrier;
import dev.outpost.runtime.fleet.carrier.UsbCarrier;
import dev.outpost.runtime.http.blocks.BlockServer;
import dev.outpost.runtime.http.blocks.BlockServerException;
import dev.outpost.runtime.http.blocks.BlockServerSettings;
import dev.outpost.runtime.http.blocks.BlockServerSettings.Clients;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.TopicPlan;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;

/** The ways by which files come to this device, in the configured order, and what it gives to peers of its site. */
final class FleetCarriers implements AutoCloseable {

    private static final Logger LOG = System.getLogger(FleetCarriers.class.getName());
    private static final Duration SHARE_PAUSE = Duration.ofSeconds(2);
    private static final Duration SHARE_REPEAT = Duration.ofMinutes(5);
    private static final Duration PEER_PATIENCE = Duration.ofSeconds(20);

    /**
     * What carriers go by.
     *
     * @param fleet link to the hub
     * @param site link between devices of the site
     * @param tls towards servers
     * @param peerTls between devices; empty where the site's link is not secured either
     * @param telemetryPending whether telemetry waits for the link that chunks share
     */
    record Ways(Optional<MqttPort> fleet, Optional<MqttPort> site, TopicPlan topics, Supplier<SSLContext> tls,
            Optional<Supplier<SSLContext>> peerTls, BooleanSupplier telemetryPending) {}

    private final RuntimeConfig.Fleet settings;
    private final Ways ways;
    private final List<Carrier> carriers = new ArrayList<>();
    private final List<AutoCloseable> closing = new ArrayList<>();
    private Optional<PeerShare> share = Optional.empty();

    FleetCarriers(RuntimeConfig.Fleet settings, Ways ways) {
        this.settings = settings;
        this.ways = ways;
        Optional<PeerCarrier> peers = settings.carriers().contains("peer") ? peers() : Optional.empty();
        for (String word : settings.carriers()) {
            carrier(word, peers).ifPresent(carriers::add);
        }
    }

    /** In order of preference; used by the update's thread. */
    List<Carrier> all() {
        return List.copyOf(carriers);
    }

    /**
     * Gives peers what this device holds, where an address for that is configured.
     *
     * @param files what to speak of
     */
    void share(Storage storage, Supplier<List<ContentDigest>> files) {
        Optional<MqttPort> link = ways.site().or(ways::fleet);
        if (settings.peerListen().isEmpty() || link.isEmpty()) {
            return;
        }
        String address = settings.peerListen().get();
        int colon = address.lastIndexOf(':');
        var plain = BlockServerSettings.plain(address.substring(0, colon).replaceAll("[\\[\\]]", ""),
                Integer.parseInt(address.substring(colon + 1)));
        var book = new StoreBook(storage);
        try {
            BlockServer server = BlockServer.start(ways.peerTls()
                    .map(context -> plain.withTls(context, Clients.MUST_HAVE_CERTIFICATE)).orElse(plain), book,
                    Optional.empty());
            closing.add(server);
            var saying = new PeerShare(link.get(), ways.topics(), address.substring(0, colon + 1) + server.port(), book,
                    files, SHARE_PAUSE, SHARE_REPEAT);
            closing.add(saying);
            share = Optional.of(saying);
        } catch (BlockServerException | IllegalStateException e) {
            LOG.log(Level.WARNING, "peers get nothing from this device: address={0}, {1}", address, e.getMessage());
        }
    }

    @Override
    public void close() {
        for (AutoCloseable each : closing.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                LOG.log(Level.DEBUG, "carrier does not close: {0}", e.toString());
            }
        }
    }

    private Optional<Carrier> carrier(String word, Optional<PeerCarrier> peers) {
        return switch (word) {
            case "range" -> settings.rangeUrls().isEmpty() ? Optional.empty() : Optional.of(once(peers, range()));
            case "peer" -> peers.map(carrier -> carrier);
            case "usb" -> settings.stick().map(UsbCarrier::new);
            case "mqtt" -> ways.fleet().map(link -> once(peers, new MqttCarrier(link, ways.topics(),
                    MqttCarrierSettings.STANDARD.behindTelemetry(ways.telemetryPending()))));
            default -> throw new IllegalArgumentException("unknown carrier: name=" + word);
        };
    }

    private RangeCarrier range() {
        var carrier = new RangeCarrier(settings.rangeUrls().stream().map(URI::create).toList(), ways.tls(),
                RangeCarrierSettings.STANDARD);
        closing.add(carrier);
        return carrier;
    }

    private Optional<PeerCarrier> peers() {
        return ways.site().or(ways::fleet).map(link -> {
            var standard = PeerCarrierSettings.STANDARD;
            var carrier = new PeerCarrier(link, ways.topics(), ways.peerTls().orElse(ways.tls()),
                    ways.peerTls().isPresent() ? standard : standard.plain(), new SecureRandom());
            closing.add(carrier);
            return carrier;
        });
    }

    /** Where this device shares with its peers, each block comes to the site once. */
    private Carrier once(Optional<PeerCarrier> peers, Carrier far) {
        boolean shares = settings.peerListen().isPresent() && peers.isPresent();
        return shares
                ? new SiteCarrier(peers.get(), far, ways.topics().device(), () -> share.ifPresent(PeerShare::changed),
                        PEER_PATIENCE)
                : far;
    }
}
