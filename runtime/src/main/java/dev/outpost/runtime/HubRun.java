package dev.outpost.runtime;

import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.store.BlockSourceBook;
import dev.outpost.provisioning.store.StoreBook;
import dev.outpost.runtime.cli.CommandFailure;
import dev.outpost.runtime.cli.ExitStatus;
import dev.outpost.runtime.cli.HubOptions;
import dev.outpost.runtime.config.Surroundings;
import dev.outpost.runtime.fleet.carrier.ChunkService;
import dev.outpost.runtime.fleet.carrier.ChunkServiceSettings;
import dev.outpost.runtime.fleet.enrol.BrokerAddress;
import dev.outpost.runtime.fleet.hub.CertificateAuthority;
import dev.outpost.runtime.fleet.hub.EnrolmentDesk;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.FleetKeys;
import dev.outpost.runtime.fleet.hub.Hub;
import dev.outpost.runtime.fleet.hub.HubBook;
import dev.outpost.runtime.fleet.hub.HubSettings;
import dev.outpost.runtime.fleet.hub.HubTls;
import dev.outpost.runtime.fleet.hub.RolloutDesk;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import dev.outpost.runtime.http.blocks.BlockServer;
import dev.outpost.runtime.http.blocks.BlockServerSettings;
import dev.outpost.runtime.http.blocks.BlockServerSettings.Clients;
import dev.outpost.runtime.http.blocks.Enrolment;
import dev.outpost.runtime.http.blocks.EnrolmentRefusedException;
import dev.outpost.runtime.log.Logs;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.supervise.Readiness;
import dev.outpost.runtime.supervise.StopSignal;
import dev.outpost.runtime.supervise.SystemdNotify;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;

/** Joins the rooms a hub is made of: database, links, chunks, listener. */
final class HubRun {

    private static final Duration STOP_PATIENCE = Duration.ofSeconds(30);
    /** A database and its hub start together with the machine. */
    private static final Duration DATABASE_PATIENCE = Duration.ofMinutes(5);
    private static final int IN_FLIGHT = 64;
    private static final String CONTROL = "fleet";
    private static final String CHUNKS = "chunks";

    private final Surroundings surroundings;
    private final IntConsumer halt;

    HubRun(Surroundings surroundings, IntConsumer halt) {
        this.surroundings = surroundings;
        this.halt = halt;
    }

    int run(HubOptions options) throws InterruptedException {
        Logs.activate(options.logLevel());
        // not a constant: the first logger fixes the level
        Logger log = System.getLogger(HubRun.class.getName());
        var directory = FleetDirectory.open(options.directory());
        var keys = FleetKeys.online(directory);
        var clock = InstantSource.system();
        var stop = new StopSignal(halt, STOP_PATIENCE);
        var readiness = new Readiness(surroundings.variable("NOTIFY_SOCKET").flatMap(SystemdNotify::to));
        stop.listen();
        try (var database = FleetDatabase.await(options.database().orElseGet(directory::database),
                DATABASE_PATIENCE);
                var gateway = new MqttGateway(links(directory, options), RandomGenerator.getDefault())) {
            BlockSourceBook book = new StoreBook(new DirectoryStorage(directory.store()))
                    .or(new HubBook(database.documents()));
            var rollouts = new RolloutDesk(directory, keys, database);
            MqttPort control = gateway.link(CONTROL).orElseThrow();
            try (var hub = new Hub(directory, keys, database, control,
                    HubSettings.DEFAULT.withRetention(options.retention()),
                    List.of(() -> rollouts.poll(clock.instant())), clock);
                    var chunks = new ChunkService(gateway.link(CHUNKS).orElseThrow(), book,
                            ChunkServiceSettings.STANDARD.withFilter("$share/hub/outpost/v1/"
                                    + directory.settings().site() + "/+/xfer/+/req")
                                    .withBytesPerSecond(options.sendRate()));
                    var listener = new Listener(listen(directory, options, book, database))) {
                gateway.start();
                String where = "site " + directory.settings().site() + ", broker " + link(directory, options)
                        + listener.address();
                readiness.ready(where);
                log.log(Level.INFO, "ready: " + where + ", run " + hub.name());
                stop.serving();
                stop.await();
                readiness.draining();
                log.log(Level.INFO, "bytes of files sent over MQTT: " + chunks.counters().bytes());
            }
        } catch (RuntimeException | InterruptedException e) {
            stop.forget();
            throw e;
        }
        log.log(Level.INFO, "stopped: everything acknowledged is in the database");
        stop.stopped(ExitStatus.OK.code());
        return ExitStatus.OK.code();
    }

    /** The listener, where there is one. */
    private record Listener(Optional<BlockServer> server) implements AutoCloseable {

        String address() {
            return server.map(started -> ", https port " + started.port()).orElse("");
        }

        @Override
        public void close() {
            server.ifPresent(BlockServer::close);
        }
    }

    private static String link(FleetDirectory directory, HubOptions options) {
        return options.link().or(() -> Optional.ofNullable(directory.settings().links().get(CONTROL)))
                .orElseThrow(() -> new CommandFailure(ExitStatus.CONFIG, "the fleet has no broker",
                        "outpost fleet hub --link mqtts://HOST:PORT, or set link `fleet` in fleet.json"));
    }

    /** Chunks have a connection of their own: a file on its way must not hold up an acknowledgement. */
    private static List<LinkSettings> links(FleetDirectory directory, HubOptions options) {
        var address = BrokerAddress.of(link(directory, options));
        var tls = new HubTls(directory);
        String client = String.format("outpost-hub-%08x", new SecureRandom().nextInt());
        return List.of(CONTROL, CHUNKS).stream().map(name -> {
            var defaults = LinkSettings.of(name, address.host(), address.port(), client + "-" + name);
            var settings = new LinkSettings(name, defaults.host(), defaults.port(), Optional.empty(),
                    defaults.clientId(), defaults.keepAlive(), defaults.connectDeadline(), defaults.publishDeadline(),
                    defaults.maximumPacket(), IN_FLIGHT, 0, defaults.pace(), defaults.will(), defaults.credentials(),
                    defaults.sessions());
            return address.tls() ? settings.withTls(tls::client) : settings;
        }).toList();
    }

    private static Optional<BlockServer> listen(FleetDirectory directory, HubOptions options, BlockSourceBook book,
            FleetDatabase database) {
        if (options.rangePort().isEmpty()) {
            return Optional.empty();
        }
        var tls = new HubTls(directory);
        tls.renewServer(Instant.now());
        var authority = CertificateAuthority.open(directory);
        var desk = new EnrolmentDesk(authority, directory.settings().site(), database, InstantSource.system());
        var settings = BlockServerSettings.plain(options.rangeHost(), options.rangePort().getAsInt())
                .withTls(tls::server, Clients.MAY_HAVE_CERTIFICATE);
        return Optional.of(BlockServer.start(settings, book, Optional.of(new Enrolment() {
            @Override
            public List<X509Certificate> enrol(byte[] request, boolean renewal, Optional<X509Certificate> client)
                    throws EnrolmentRefusedException {
                CertificateAnswer answer = desk.answer(request, client);
                if (answer.refusal().isPresent()) {
                    throw new EnrolmentRefusedException(answer.refusal().get());
                }
                return answer.chain();
            }

            @Override
            public List<X509Certificate> authorities() {
                return List.of(authority.certificate());
            }
        })));
    }
}
