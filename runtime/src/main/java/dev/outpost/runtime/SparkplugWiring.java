package dev.outpost.runtime;

import dev.outpost.provisioning.json.JsonValue.JsonFlag;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.control.StatusSection;
import dev.outpost.runtime.fleet.enrol.BrokerAddress;
import dev.outpost.runtime.fleet.enrol.TlsMaterial;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.sparkplug.EdgeId;
import dev.outpost.runtime.sparkplug.EdgeNode;
import dev.outpost.runtime.sparkplug.SparkplugException;
import dev.outpost.runtime.sparkplug.SparkplugSettings;
import dev.outpost.runtime.sparkplug.SparkplugSettings.Server;
import dev.outpost.runtime.update.UpdateGround;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Sparkplug edge node of this device, on the link site; on a connection of its own beside it where its session must
 * be able to end alone. With a claim the fleet's side has the links, without one {@link Alone} has this one.
 */
final class SparkplugWiring implements AutoCloseable {

    static final String OWN = "sparkplug";

    private final RuntimeConfig config;
    private final SparkplugSettings settings;
    private final LinkSettings site;
    private final boolean alone;
    private Optional<EdgeNode> node = Optional.empty();
    private Optional<SpooledHistory> history = Optional.empty();

    private SparkplugWiring(RuntimeConfig config, SparkplugSettings settings, LinkSettings site) {
        this.config = config;
        this.settings = settings;
        this.site = site;
        // peers would say things on the shared link before the birth, which is to be the first
        this.alone = settings.needsOwnLink() || config.fleet().peerListen().isPresent();
    }

    /** Empty where nobody asked for one, or there is no link site. */
    static Optional<SparkplugWiring> of(RuntimeConfig config, FleetLinks links, String device) {
        Optional<LinkSettings> site = config.sparkplug().enabled() ? links.link(FleetLinks.SITE) : Optional.empty();
        if (config.sparkplug().enabled() && site.isEmpty()) {
            System.getLogger(SparkplugWiring.class.getName()).log(Level.WARNING,
                    "no Sparkplug edge node: the link site has no address, set link.site.url");
        }
        return site.map(link -> new SparkplugWiring(config,
                settings(config.sparkplug(), links.address(FleetLinks.SITE).orElseThrow(), device), link));
    }

    /** The link site as it is to be: with the node's sessions, unless the node has its own. */
    LinkSettings shared(LinkSettings link) {
        return alone ? link : link.withSessions(() -> node.orElseThrow().nextSession());
    }

    /** The node's own link, where its session must be able to end alone. */
    Optional<LinkSettings> own() {
        return alone
                ? Optional.of(site.named(OWN, site.clientId() + "-" + OWN)
                        .withSessions(() -> node.orElseThrow().nextSession()))
                : Optional.empty();
    }

    /** Before the links open: the node listens, and looks at the process. */
    void begin(MqttGateway gateway, ServingProcess process, Path root) {
        Path directory = config.state().directory().resolve("sparkplug");
        var kept = SpooledHistory.open(directory.resolve("history"));
        var edge = new EdgeNode(settings, directory, new SiteMetrics(process, root), new SiteCommands(process.desk()),
                kept, InstantSource.system());
        history = Optional.of(kept);
        node = Optional.of(edge);
        process.room().onMoved(report -> edge.changed());
        process.desk().add(new StatusSection(OWN, () -> status(edge)));
        edge.start(gateway.link(alone ? OWN : FleetLinks.SITE).orElseThrow());
    }

    /** Says everything afresh. */
    void rebirth() {
        node.ifPresent(EdgeNode::rebirth);
    }

    /** Says that the box is gone; the link is closed after this. */
    @Override
    public void close() {
        node.ifPresent(EdgeNode::close);
        history.ifPresent(SpooledHistory::close);
    }

    /** The edge node of a device that no fleet claimed, with its link. */
    static Optional<Alone> alone(ServingProcess process, UpdateGround ground, Path root) {
        RuntimeConfig config = process.setup().resolved().config();
        if (!config.sparkplug().enabled()) {
            return Optional.empty();
        }
        String device = config.device().id().orElseGet(() -> DeviceName.of(root, ground.storage()));
        var links = new FleetLinks(config, Optional.empty(), device,
                new TlsMaterial(List.of(), ground.trust()::timeFloor), Optional::empty);
        return of(config, links, device).map(wiring -> Alone.begin(wiring, process, root));
    }

    /** Node and link together. */
    record Alone(SparkplugWiring wiring, MqttGateway gateway) implements AutoCloseable {

        private static Alone begin(SparkplugWiring wiring, ServingProcess process, Path root) {
            var link = wiring.own().orElseGet(() -> wiring.shared(wiring.site));
            var gateway = new MqttGateway(List.of(link), new SecureRandom());
            wiring.begin(gateway, process, root);
            gateway.start();
            return new Alone(wiring, gateway);
        }

        @Override
        public void close() {
            wiring.close();
            gateway.close();
        }
    }

    private static SparkplugSettings settings(RuntimeConfig.Sparkplug sparkplug, BrokerAddress first, String device) {
        try {
            List<Server> servers = new ArrayList<>(List.of(new Server(first.host(), first.port())));
            for (String url : sparkplug.servers()) {
                BrokerAddress next = BrokerAddress.of(url);
                if (next.tls() != first.tls()) {
                    throw new CommandFailure(ExitStatus.CONFIG,
                            "sparkplug.servers: all brokers have TLS or none, found=" + url, "");
                }
                servers.add(new Server(next.host(), next.port()));
            }
            var id = new EdgeId(sparkplug.group(), sparkplug.node().orElse(device));
            var plain = SparkplugSettings.of(id, servers).withAliases(sparkplug.aliases())
                    .withInterval(sparkplug.interval());
            return sparkplug.primaryHost().map(plain::withPrimaryHost).orElse(plain);
        } catch (SparkplugException e) {
            throw new CommandFailure(ExitStatus.CONFIG, "sparkplug: " + e.getMessage(), "");
        }
    }

    private JsonObject status(EdgeNode edge) {
        var now = edge.status();
        return JsonObject.of(Map.of()).with("group", settings.id().group()).with("node", settings.id().node())
                .with("born", new JsonFlag(now.born())).with("births", now.births())
                .with("server", now.server().host() + ":" + now.server().port()).with("commands", now.commands())
                .with("dropped", now.dropped());
    }
}
