package dev.outpost.runtime;

import dev.outpost.provisioning.activate.Slot;
import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.CertificateRequest;
import dev.outpost.provisioning.identity.EnrolmentChannel;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.stage.TransferLimits;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.config.RuntimeConfig;
import dev.outpost.runtime.fleet.AbsentLink;
import dev.outpost.runtime.fleet.AgentFacts;
import dev.outpost.runtime.fleet.AgentSettings;
import dev.outpost.runtime.fleet.FleetAgent;
import dev.outpost.runtime.fleet.FleetConditions;
import dev.outpost.runtime.fleet.FleetHost;
import dev.outpost.runtime.fleet.PresenceSessions;
import dev.outpost.runtime.fleet.QuestionFolder;
import dev.outpost.runtime.fleet.SpoolSettings;
import dev.outpost.runtime.fleet.TelemetryRecords;
import dev.outpost.runtime.fleet.TelemetrySpool;
import dev.outpost.runtime.fleet.enrol.DeviceIdentity;
import dev.outpost.runtime.fleet.enrol.Enrolment;
import dev.outpost.runtime.fleet.enrol.EstEnrolment;
import dev.outpost.runtime.fleet.enrol.KeyPlace;
import dev.outpost.runtime.fleet.enrol.LinkProof;
import dev.outpost.runtime.fleet.enrol.MqttEnrolment;
import dev.outpost.runtime.fleet.enrol.TlsMaterial;
import dev.outpost.runtime.fleet.enrol.UsbEnrolment;
import dev.outpost.runtime.journal.JournalSettings;
import dev.outpost.runtime.log.Logs;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.update.UpdateGround;
import dev.outpost.runtime.update.UpdateParts;
import dev.outpost.runtime.update.UpdateRoom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The fleet's side of a device, joined: identity, links, carriers, spool, agent, enrolment. Opened before updates run,
 * begun when they do. Without a claim there is no fleet; whatever brokers do, requests are answered the same.
 */
final class FleetWiring implements AutoCloseable {

    private static final int MOST_CLAIM = 128 << 10;
    private static final int STRANDED_ATTEMPTS = 5;

    /**
     * What is known of the machine and the program.
     *
     * @param root the file system's
     * @param profile device profile, {@code [a-z0-9-]{1,64}}
     * @param runtime version of the runtime
     */
    record Board(Path root, String profile, Version runtime) {}

    private final RuntimeConfig config;
    private final UpdateGround ground;
    private final DeviceIdentity identity;
    private final AgentFacts facts;
    private final String serial;
    private final TlsMaterial tls;
    private final FleetLinks links;
    private final Optional<PresenceSessions> presence;
    private final Optional<SparkplugWiring> sparkplug;
    private final MqttGateway gateway;
    private final FleetConditions conditions;
    private final TelemetrySpool spool;
    private final TelemetryRecords records;
    private final FleetCarriers carriers;
    private volatile long attemptsWhenConnected;
    private Optional<FleetHost> host = Optional.empty();
    private Optional<FleetAgent> agent = Optional.empty();
    private Optional<Enrolment> enrolment = Optional.empty();

    private FleetWiring(RuntimeConfig config, UpdateGround ground, DeviceIdentity identity, Board board) {
        this.config = config;
        this.ground = ground;
        this.identity = identity;
        var random = new SecureRandom();
        this.facts = new AgentFacts(identity.claim().site(), identity.claim().device(),
                Set.copyOf(config.fleet().groups()), board.profile(), board.runtime(), Runtime.version().toString(),
                random.nextLong(), identity.claim().pins());
        this.serial = DeviceName.serial(board.root()).orElse(facts.device());
        this.tls = new TlsMaterial(identity.claim().pins(), ground.trust()::timeFloor);
        this.links = new FleetLinks(config, Optional.of(identity.claim()), facts.device(), tls, identity::current);
        this.presence = links.address(FleetLinks.FLEET)
                .map(at -> new PresenceSessions(facts, at.host(), at.port()));
        List<LinkSettings> settings = new ArrayList<>();
        links.link(FleetLinks.FLEET).map(link -> link.withSessions(presence.orElseThrow()::next))
                .ifPresent(settings::add);
        this.sparkplug = SparkplugWiring.of(config, links, facts.device());
        links.link(FleetLinks.SITE).map(site -> sparkplug.map(node -> node.shared(site)).orElse(site))
                .ifPresent(settings::add);
        sparkplug.flatMap(SparkplugWiring::own).ifPresent(settings::add);
        this.gateway = new MqttGateway(settings, random);
        this.conditions = new FleetConditions(() -> host.map(FleetHost::idleNanos).orElse(0L));
        RuntimeConfig.Telemetry telemetry = config.telemetry();
        this.spool = TelemetrySpool.open(config.state().directory().resolve("telemetry"),
                new SpoolSettings(Math.max(telemetry.diskCapBytes(), 2L * telemetry.segmentBytes()), 0.2,
                        new JournalSettings(telemetry.segmentBytes(), 64 << 10, telemetry.syncInterval().toMillis())),
                facts.bootId(), InstantSource.system());
        this.records = new TelemetryRecords(spool, telemetry.logsPerMinute());
        boolean secured = links.address(FleetLinks.FLEET).map(at -> at.tls()).orElse(true);
        this.carriers = new FleetCarriers(config.fleet(), new FleetCarriers.Ways(gateway.link(FleetLinks.FLEET),
                gateway.link(FleetLinks.SITE), facts.topics(), () -> tls.context(identity.current()),
                secured ? Optional.of(() -> tls.peers(identity.current())) : Optional.empty(), this::telemetryPending));
    }

    /** Opens the fleet's side of a device that was claimed; no link is opened yet. */
    static Optional<FleetWiring> open(RuntimeConfig config, Board board, UpdateGround ground) {
        String device = config.device().id().orElseGet(() -> DeviceName.of(board.root(), ground.storage()));
        return DeviceIdentity.open(ground.storage(), ground.trust(), claim(config, device), device,
                () -> keyPlace(config.identity()).open(ground.storage()))
                .map(identity -> new FleetWiring(config, ground, identity, board));
    }

    /** What the fleet adds to updates. */
    UpdateParts parts() {
        TransferLimits standard = TransferLimits.STANDARD;
        var limits = new TransferLimits(config.fleet().bytesPerSecond(), standard.slowestBytesPerSecond(),
                standard.patience(), standard.blocksPerOrder(), standard.badBlocks());
        return new UpdateParts(facts.deviceFacts(), carriers.all(), limits, conditions,
                new QuestionFolder(ground.storage()), config.fleet().lookInterval());
    }

    /** Updates run: the agent listens, links open, and the device enrols where it has to. */
    void begin(UpdateRoom room, FleetHost runtime) {
        host = Optional.of(runtime);
        MqttPort link = gateway.link(FleetLinks.FLEET).orElseGet(AbsentLink::new);
        RuntimeConfig.Fleet fleet = config.fleet();
        agent = Optional.of(FleetAgent.start(new FleetAgent.Parts(facts, link,
                presence.orElseGet(() -> new PresenceSessions(facts, "", 0)), room, carriers.all(), identity::current,
                conditions, runtime, spool, records, fleet.stick(), new AgentSettings(fleet.freshnessInterval(),
                        fleet.lookInterval(), config.telemetry().metricInterval(), config.telemetry().ackTimeout()))));
        link.onConnected(() -> attemptsWhenConnected = link.status().attempts());
        Logs.listen(records::log);
        carriers.share(ground.storage(), () -> shared(room));
        gateway.start(FleetLinks.SITE);
        gateway.start(SparkplugWiring.OWN);
        if (identity.current().isPresent() || !secured()) {
            gateway.start(FleetLinks.FLEET);
        }
        enrolment = Optional.of(Enrolment.start(identity, enrolmentSettings(room)));
    }

    /** What the fleet knows, by section of the status page. */
    Map<String, Map<String, String>> status() {
        Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        Map<String, String> who = new LinkedHashMap<>();
        who.put("site", facts.site());
        who.put("device", facts.device());
        who.put("groups", String.join(", ", facts.groups()));
        who.put("profile", facts.profile());
        who.put("certificate", identity.current().map(pair -> "until "
                + pair.certificate().getNotAfter().toInstant()).orElse("none"));
        who.put("enrolment", enrolment.map(Enrolment::standing).orElse("not begun"));
        sections.put("identity", who);
        agent.ifPresent(known -> sections.put("fleet", known.status()));
        Map<String, String> lines = new LinkedHashMap<>();
        gateway.status().forEach((name, link) -> lines.put(name, shown(link)));
        sections.put("links", lines);
        Map<String, String> waiting = new LinkedHashMap<>();
        spool.backlog().forEach((kind, backlog) -> waiting.put(kind.stream(),
                backlog.waiting() + " waiting, " + backlog.bytes() + " bytes"));
        sections.put("spool", waiting);
        return sections;
    }

    /** The agent, once begun. */
    Optional<FleetAgent> agent() {
        return agent;
    }

    /** The Sparkplug edge node, where there is one. */
    Optional<SparkplugWiring> sparkplug() {
        return sparkplug;
    }

    /** All links of this device; another node on one of them is the caller's. */
    MqttGateway gateway() {
        return gateway;
    }

    /** Says goodbye and closes links, threads and spool. */
    @Override
    public void close() {
        enrolment.ifPresent(Enrolment::close);
        agent.ifPresent(FleetAgent::close);
        carriers.close();
        sparkplug.ifPresent(SparkplugWiring::close);
        gateway.close();
        spool.close();
    }

    private Enrolment.Settings enrolmentSettings(UpdateRoom room) {
        RuntimeConfig.Fleet fleet = config.fleet();
        var subject = new CertificateRequest.Subject(facts.site(), facts.device(), serial, facts.profile());
        List<EnrolmentChannel> channels = new ArrayList<>();
        if (!identity.claim().enrolUrl().isEmpty()) {
            channels.add(new EstEnrolment(identity.claim().enrolUrl(), () -> tls.context(usable()),
                    () -> usable().isPresent(), fleet.answerDeadline()));
        }
        if (links.enrolment(false).isPresent()) {
            channels.add(new MqttEnrolment(() -> links.enrolment(usable().isPresent()).orElseThrow(), facts.topics(),
                    fleet.answerDeadline()));
        }
        fleet.stick().ifPresent(stick -> channels.add(new UsbEnrolment(stick, facts.device(),
                identity.key().publicKey(), () -> identity.current().map(CertificatePair::certificate))));
        var proof = new LinkProof(links::proof, fleet.answerDeadline());
        return new Enrolment.Settings(subject, channels,
                pair -> links.address(FleetLinks.FLEET).isEmpty() || proof.holds(pair), ground.trust()::timeFloor,
                this::stranded, change -> room.call(verifier -> {
                    change.run();
                    return true;
                }), fleet.lookInterval(), fleet.enrolBackoff(), () -> {
                    gateway.start(FleetLinks.FLEET);
                    agent.ifPresent(FleetAgent::certified);
                });
    }

    /** The certificate to enrol with: none when brokers no longer take it. */
    private Optional<CertificatePair> usable() {
        return stranded() ? Optional.empty() : identity.current();
    }

    /** Many attempts since the last connection: a certificate may have expired without this device being able to know. */
    private boolean stranded() {
        LinkStatus fleet = gateway.status().get(FleetLinks.FLEET);
        return fleet != null && secured() && fleet.state() != LinkStatus.State.CONNECTED
                && fleet.attempts() - attemptsWhenConnected >= STRANDED_ATTEMPTS;
    }

    private boolean secured() {
        return links.address(FleetLinks.FLEET).map(at -> at.tls()).orElse(false);
    }

    private boolean telemetryPending() {
        return spool.backlog().values().stream().anyMatch(backlog -> backlog.waiting() > 0);
    }

    private static List<ContentDigest> shared(UpdateRoom room) {
        List<ContentDigest> files = new ArrayList<>();
        room.pointer().current().map(Slot::digest).ifPresent(files::add);
        room.report().file().filter(file -> !files.contains(file)).ifPresent(files::add);
        return files;
    }

    private static String shown(LinkStatus link) {
        return link.state().name().toLowerCase(Locale.ROOT) + ", connects " + link.connects() + " of "
                + link.attempts() + ", in " + link.bytesIn() + " bytes, out " + link.bytesOut() + " bytes"
                + link.lastFailure().map(why -> ", last end: " + why).orElse("");
    }

    private static Optional<byte[]> claim(RuntimeConfig config, String device) {
        Optional<Path> file = config.fleet().claim().or(() -> config.fleet().stick()
                .map(stick -> stick.resolve("outpost-bundle/claims/" + device + ".json")));
        return file.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)).map(FleetWiring::read);
    }

    private static byte[] read(Path file) {
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            return in.readNBytes(MOST_CLAIM);
        } catch (IOException e) {
            throw new CommandFailure(ExitStatus.NO_INPUT, "claim file cannot be read: " + e.getMessage(), "");
        }
    }

    private static KeyPlace keyPlace(RuntimeConfig.Identity identity) {
        if (identity.key().equals("file")) {
            return new KeyPlace.InFile();
        }
        if (identity.pkcs11Config().isEmpty() || identity.pkcs11PinFile().isEmpty()) {
            throw new CommandFailure(ExitStatus.CONFIG, "token is not described: identity.key=pkcs11",
                    "set identity.pkcs11-config and identity.pkcs11-pin-file");
        }
        return new KeyPlace.InToken(identity.pkcs11Config().get(), identity.pkcs11Alias(),
                identity.pkcs11PinFile().get());
    }
}
