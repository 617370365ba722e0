package dev.outpost.runtime.sparkplug;

import dev.outpost.runtime.mqtt.LinkException;
import dev.outpost.runtime.mqtt.LinkSession;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.SessionPort;
import dev.outpost.runtime.sparkplug.SparkplugSettings.Server;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The edge node: says births, changes and deaths, obeys commands, waits for its primary host, walks its servers.
 *
 * <p>One thread owns everything; what arrives is queued for it. It needs no broker to run: without one it notes changes
 * in its history.
 */
public final class EdgeNode implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(EdgeNode.class.getName());
    private static final int MOST_WAITING = 256;
    private static final int HISTORY_STEP = 100;

    /** What the thread is told. */
    private sealed interface Event {}

    private record Beginning(Server server) implements Event {}

    private record Opened(EdgeSession session) implements Event {}

    private record State(MqttIncoming message) implements Event {}

    private record Command(MqttIncoming message, long arrived) implements Event {}

    private record Look() implements Event {}

    private record Rebirth() implements Event {}

    private record Stop() implements Event {}

    private final SparkplugSettings settings;
    private final MetricSource source;
    private final CommandPort commands;
    private final History history;
    private final InstantSource clock;
    private final BirthSequence bdSeq;
    private final Servers servers;
    private final Optional<PrimaryHost> host;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean lookWaits = new AtomicBoolean();
    private final AtomicBoolean rebirthWaits = new AtomicBoolean();
    private final AtomicLong births = new AtomicLong();
    private final AtomicLong taken = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final Thread thread = Thread.ofPlatform().daemon().name("sparkplug").unstarted(this::run);
    private final Map<String, Long> aliases = new HashMap<>();
    private final LastValues last = new LastValues();
    private final Set<String> subscribed = new HashSet<>();

    private volatile boolean born;
    private Optional<MqttPort> link = Optional.empty();
    private Optional<EdgeSession> session = Optional.empty();
    private List<Metric> templates = List.of();
    private boolean historyWaits;
    private boolean sourceFailed;
    private long openedAt;
    private long bornAt;
    private long refusedAt = System.nanoTime() - TimeUnit.SECONDS.toNanos(2);
    private boolean stopped;

    /** @param directory keeps bdSeq over restarts; made where missing */
    public EdgeNode(SparkplugSettings settings, Path directory, MetricSource source, CommandPort commands,
            History history, InstantSource clock) {
        this.settings = settings;
        this.source = source;
        this.commands = commands;
        this.history = history;
        this.clock = clock;
        this.bdSeq = new BirthSequence(directory);
        this.servers = new Servers(settings.servers());
        this.host = settings.primaryHost().map(PrimaryHost::new);
    }

    /** For {@code LinkSettings.withSessions}: one session a connection. */
    public LinkSession nextSession() {
        var next = new Session(servers.next(), bdSeq.next(), clock.millis());
        events.add(new Beginning(next.server()));
        return next;
    }

    /** Subscribes on the link whose sessions are this node's, and starts. The link is started after this. */
    public void start(MqttPort on) {
        link = Optional.of(on);
        on.subscribe(settings.id().topic("NCMD"), 1, this::command);
        host.ifPresent(primary -> on.subscribe(primary.topic(), 1, message -> offer(new State(message))));
        thread.start();
    }

    /** Says everything afresh, as if a host had asked. Any thread; returns at once. */
    public void rebirth() {
        if (rebirthWaits.compareAndSet(false, true)) {
            events.add(new Rebirth());
        }
    }

    /** Something changed that hosts should see before the next interval. Any thread; returns at once. */
    public void changed() {
        if (lookWaits.compareAndSet(false, true)) {
            events.add(new Look());
        }
    }

    public EdgeStatus status() {
        return new EdgeStatus(born, births.get(), servers.current(), taken.get(), dropped.get());
    }

    /** Says nothing more; the link is closed after this, and says NDEATH. */
    @Override
    public void close() {
        events.add(new Stop());
        try {
            thread.join(Duration.ofSeconds(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void command(MqttIncoming message) {
        offer(new Command(message, System.nanoTime()));
    }

    /** Hosts may flood; sessions may not be lost, and are few. */
    private void offer(Event event) {
        if (waiting.incrementAndGet() <= MOST_WAITING) {
            events.add(event);
        } else {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
        }
    }

    private void run() {
        long nextLook = System.nanoTime();
        while (!stopped) {
            try {
                long patience = historyWaits ? 0 : Math.max(0, nextLook - System.nanoTime());
                var event = Optional.ofNullable(events.poll(patience, TimeUnit.NANOSECONDS));
                if (event.isPresent()) {
                    handle(event.get());
                } else if (historyWaits) {
                    tellHistory();
                }
                if (System.nanoTime() - nextLook >= 0) {
                    nextLook = System.nanoTime() + settings.interval().toNanos();
                    look();
                }
                born = isBorn();
            } catch (LinkException e) {
                lost(e);
                born = isBorn();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.WARNING, "edge node goes on after a fault", e);
            }
        }
    }

    private void handle(Event event) {
        switch (event) {
            case Beginning(Server server) -> {
                session = Optional.empty();
                host.ifPresent(primary -> primary.begin(server));
            }
            case Opened(EdgeSession next) -> opened(next);
            case State(MqttIncoming message) -> {
                waiting.decrementAndGet();
                heard(message);
            }
            case Command(MqttIncoming message, long arrived) -> {
                waiting.decrementAndGet();
                obey(message, arrived);
            }
            case Look() -> {
                lookWaits.set(false);
                look();
            }
            case Rebirth() -> {
                rebirthWaits.set(false);
                if (isBorn()) {
                    birth();
                }
            }
            case Stop() -> {
                stopped = true;
            }
        }
    }

    /** A broken connection ends the session; a message the broker does not take is tried again at the next look. */
    private void lost(LinkException cause) {
        LOG.log(System.Logger.Level.INFO, "edge node is not heard: {0}", cause.getMessage());
        session = session.filter(EdgeSession::isOpen);
    }

    private void opened(EdgeSession next) {
        openedAt = System.nanoTime();
        session = Optional.of(next);
        if (mayBeBorn()) {
            birth();
        }
    }

    private boolean isBorn() {
        return session.filter(EdgeSession::isBorn).isPresent();
    }

    private boolean mayBeBorn() {
        return session.filter(EdgeSession::isOpen).isPresent() && (host.isEmpty() || host.get().isOnline());
    }

    private void heard(MqttIncoming message) {
        var change = host.map(primary -> primary.heard(message.topic(), message.payload()))
                .orElse(PrimaryHost.Change.NOTHING);
        switch (change) {
            case CAME -> {
                if (mayBeBorn()) {
                    birth();
                }
            }
            case WENT -> {
                if (isBorn() || settings.servers().size() > 1) {
                    leave("primary host is offline");
                }
            }
            case NOTHING -> {
            }
        }
    }

    private void leave(String why) {
        LOG.log(System.Logger.Level.INFO, "edge session is left: {0}", why);
        servers.leave();
        var left = session;
        session = Optional.empty();
        left.ifPresent(EdgeSession::leave);
    }

    private void birth() {
        var reading = read();
        if (reading.isEmpty() || session.isEmpty()) {
            return;
        }
        bornAt = System.nanoTime();
        long now = clock.millis();
        templates = reading.get().templates();
        last.devices().forEach(last::gone);
        last.born(Optional.empty(), timed(reading.get().node(), now));
        reading.get().devices().forEach((device, metrics) -> last.born(Optional.of(device), timed(metrics, now)));
        reading.get().devices().keySet().forEach(this::subscribe);
        session.get().birth(reading.get());
        historyWaits = true;
        births.incrementAndGet();
    }

    private Optional<EdgeReading> read() {
        try {
            var reading = source.read();
            sourceFailed = false;
            return Optional.of(reading);
        } catch (RuntimeException e) {
            if (!sourceFailed) {
                LOG.log(System.Logger.Level.WARNING, "metrics cannot be read", e);
            }
            sourceFailed = true;
            return Optional.empty();
        }
    }

    /** Commands of a device that takes none are not asked for. */
    private void subscribe(String device) {
        if (commands.isWritable(Optional.of(device)) && subscribed.add(device)) {
            link.orElseThrow().subscribe(settings.id().topic("DCMD", device), 1, this::command);
        }
    }

    private void look() {
        boolean silent = host.isPresent() && !host.get().isOnline() && session.isPresent();
        if (silent && servers.several() && System.nanoTime() - openedAt > settings.hostPatience().toNanos()) {
            leave("primary host is silent");
        }
        var reading = read();
        if (reading.isPresent()) {
            if (isBorn()) {
                say(session.orElseThrow(), reading.get());
            } else if (mayBeBorn()) {
                birth();
            } else {
                keep(reading.get());
            }
        }
    }

    private void say(EdgeSession to, EdgeReading reading) {
        if (!templates.equals(reading.templates()) || !last.knows(Optional.empty(), reading.node())) {
            birth();
            return;
        }
        long now = clock.millis();
        say(to, Optional.empty(), timed(reading.node(), now), now);
        for (String gone : last.devices()) {
            if (!reading.devices().containsKey(gone)) {
                last.gone(gone);
                if (to.hasBorn(gone)) {
                    to.death(gone);
                }
            }
        }
        for (var device : reading.devices().entrySet()) {
            var id = Optional.of(device.getKey());
            var metrics = timed(device.getValue(), now);
            if (to.hasBorn(device.getKey()) && last.knows(id, metrics)) {
                say(to, id, metrics, now);
            } else {
                last.born(id, metrics);
                subscribe(device.getKey());
                to.birth(device.getKey(), metrics);
            }
        }
    }

    private void say(EdgeSession to, Optional<String> device, List<Metric> metrics, long now) {
        var changed = last.changed(device, metrics, now);
        if (changed.isEmpty()) {
            return;
        }
        try {
            to.data(device, changed, false);
        } catch (LinkException e) {
            history.add(new History.Past(device, changed));
            throw e;
        }
    }

    /** Nobody listens: what changed is told later. */
    private void keep(EdgeReading reading) {
        long now = clock.millis();
        keep(Optional.empty(), timed(reading.node(), now), now);
        reading.devices().forEach((device, metrics) -> keep(Optional.of(device), timed(metrics, now), now));
    }

    private void keep(Optional<String> device, List<Metric> metrics, long now) {
        var changed = last.changed(device, metrics, now);
        if (!changed.isEmpty()) {
            history.add(new History.Past(device, changed));
        }
    }

    private static List<Metric> timed(List<Metric> metrics, long now) {
        return metrics.stream().map(metric -> metric.timestamp().isPresent() ? metric : metric.at(now)).toList();
    }

    /** One message of the past: moments of one device, as many as fit. */
    private void tellHistory() {
        var to = session.filter(EdgeSession::isBorn);
        var oldest = to.isPresent() ? history.oldest(HISTORY_STEP) : List.<History.Past>of();
        if (oldest.isEmpty()) {
            historyWaits = false;
            return;
        }
        var device = oldest.getFirst().device();
        var metrics = new ArrayList<Metric>();
        int count = 0;
        for (var past : oldest) {
            if (!past.device().equals(device) || count > 0 && metrics.size() + past.metrics().size() > HISTORY_STEP) {
                break;
            }
            past.metrics().stream().filter(metric -> known(device, metric)).forEach(metrics::add);
            count++;
        }
        if (!metrics.isEmpty() && device.map(to.get()::hasBorn).orElse(true)) {
            to.get().data(device, metrics, true);
        }
        history.forget(count);
    }

    /** A metric the present birth does not have cannot be told; the telemetry spool has it. */
    private boolean known(Optional<String> device, Metric metric) {
        return last.find(device, metric.requiredName()).filter(now -> now.type().equals(metric.type())).isPresent();
    }

    private void obey(MqttIncoming message, long arrived) {
        if (!isBorn()) {
            return;
        }
        Optional<String> device = message.topic().equals(settings.id().topic("NCMD"))
                ? Optional.empty()
                : Optional.of(message.topic().substring(settings.id().topic("DCMD", "").length()));
        Payload payload;
        try {
            payload = PayloadCodec.decode(message.payload());
        } catch (SparkplugException e) {
            dropped.incrementAndGet();
            LOG.log(System.Logger.Level.DEBUG, "command is no payload", e);
            return;
        }
        taken.incrementAndGet();
        for (var metric : payload.metrics()) {
            var name = metric.name().or(() -> metric.alias().isPresent()
                    ? session.flatMap(now -> now.name(device, metric.alias().getAsLong()))
                    : Optional.empty());
            name.ifPresent(known -> obey(device, known, metric.value(), arrived));
        }
    }

    private void obey(Optional<String> device, String name, MetricValue value, long arrived) {
        boolean set = value instanceof MetricValue.Flag(boolean on) && on;
        if (device.isEmpty() && name.equals(EdgeSession.REBIRTH)) {
            // what was asked for before the last birth began was answered by it
            if (set && arrived - bornAt > 0) {
                birth();
            }
        } else if (device.isEmpty() && name.equals(EdgeSession.NEXT_SERVER)) {
            if (set && servers.several()) {
                leave("next server is asked for");
            }
        } else {
            write(device, name, value);
        }
    }

    private void write(Optional<String> device, String name, MetricValue value) {
        try {
            var type = last.find(device, name).flatMap(Metric::type)
                    .orElseThrow(() -> new SparkplugException("command names no metric: name=" + name));
            var typed = type.read(value);
            if (!commands.isWritable(device) || !type.fits(typed)) {
                throw new SparkplugException("metric cannot be written so: name=" + name + ", type=" + type);
            }
            commands.write(device, name, typed);
            changed();
        } catch (RuntimeException e) {
            refused(name, e);
        }
    }

    /** At most one line a second, whatever hosts send; the name is theirs. */
    private void refused(String name, RuntimeException cause) {
        dropped.incrementAndGet();
        if (System.nanoTime() - refusedAt > TimeUnit.SECONDS.toNanos(1)) {
            refusedAt = System.nanoTime();
            String shown = name.substring(0, Math.min(64, name.length())).replaceAll("\\p{Cntrl}", "?");
            LOG.log(System.Logger.Level.WARNING, "command is refused: name={0}, cause={1}", shown,
                    cause.getClass().getSimpleName());
            LOG.log(System.Logger.Level.DEBUG, "command is refused", cause);
        }
    }

    /** One connection's part: its number goes into the will, and is used up once CONNECT was written. */
    private final class Session implements LinkSession {

        private final Server server;
        private final int number;
        private final long since;
        private volatile Optional<EdgeSession> session = Optional.empty();

        Session(Server server, int number, long since) {
            this.server = server;
            this.number = number;
            this.since = since;
        }

        Server server() {
            return server;
        }

        @Override
        public String host() {
            return server.host();
        }

        @Override
        public int port() {
            return server.port();
        }

        @Override
        public Optional<MqttOutgoing> will() {
            return Optional.of(EdgeSession.death(settings.id(), number, since));
        }

        @Override
        public boolean leavesWithWill() {
            return true;
        }

        @Override
        public void connectWritten() {
            bdSeq.used(number);
        }

        @Override
        public void opened(SessionPort port) {
            servers.opened();
            var opened = new EdgeSession(settings, port, number, aliases, clock);
            session = Optional.of(opened);
            events.add(new Opened(opened));
        }

        @Override
        public Optional<MqttOutgoing> farewell() {
            return session.flatMap(EdgeSession::farewell);
        }
    }
}
