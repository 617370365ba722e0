package dev.outpost.runtime.mqtt;

import dev.outpost.runtime.mqtt.BrokerConnection.End;
import dev.outpost.runtime.mqtt.LinkStatus.State;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.random.RandomGenerator;
import org.eclipse.paho.mqttv5.common.MqttException;

/**
 * Keeps one link connected: one supervising thread that waits its turn, connects, watches, cleans up, and starts over.
 * It ends only when it is closed; whatever the broker does is a line in the status.
 */
final class BrokerLink implements MqttPort, AutoCloseable {

    private static final System.Logger LOG = System.getLogger(BrokerLink.class.getName());
    private static final long WATCH_MILLIS = 250;
    private static final int CLOSE_WAITS = 100;
    private static final long CLOSE_MILLIS = 50;

    private record Subscription(String filter, Consumer<MqttIncoming> handler) {}

    private final LinkSettings settings;
    private final ConnectPace pace;
    private final LinkCounters counters = new LinkCounters();
    private final Inbox inbox;
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> filters = new ConcurrentHashMap<>();
    private final List<Runnable> connectActions = new CopyOnWriteArrayList<>();
    private final Semaphore wake = new Semaphore(0);
    private final Thread supervisor;
    private volatile Optional<BrokerConnection> making = Optional.empty();
    private volatile Optional<BrokerConnection> current = Optional.empty();
    private volatile State state = State.WAITING;
    private volatile Optional<String> lastFailure = Optional.empty();
    private volatile long maximumPacket;
    private volatile boolean closed;

    BrokerLink(LinkSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.pace = new ConnectPace(settings.pace(), random);
        this.inbox = new Inbox(settings.name(), counters.dropped());
        this.supervisor = Thread.ofPlatform().daemon().name("mqtt-" + settings.name()).unstarted(this::supervise);
    }

    /** A second call does nothing. */
    synchronized void start() {
        if (supervisor.getState() == Thread.State.NEW && !closed) {
            supervisor.start();
        }
    }

    /** The network is back: the present wait is cut short, within the rate. */
    void linkReturned() {
        wake.release();
    }

    @Override
    public CompletableFuture<Void> publish(MqttOutgoing message) {
        var connection = current;
        if (connection.isEmpty()) {
            return CompletableFuture.failedFuture(new LinkException("link is not connected: link=" + settings.name()));
        }
        return publishOn(connection.get(), message);
    }

    private static CompletableFuture<Void> publishOn(BrokerConnection connection, MqttOutgoing message) {
        try {
            return connection.publish(message);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.failedFuture(new LinkException("interrupted while waiting to publish", e));
        }
    }

    @Override
    public void subscribe(String filter, int qos, Consumer<MqttIncoming> handler) {
        subscriptions.add(new Subscription(filter, handler));
        boolean known = filters.put(filter, qos) != null;
        var connection = current;
        if (!known && connection.isPresent()) {
            try {
                connection.get().subscribe(Map.of(filter, qos));
            } catch (MqttException e) {
                throw new LinkException("subscription failed: filter=" + filter, e);
            }
        }
    }

    @Override
    public void onConnected(Runnable action) {
        connectActions.add(action);
        if (current.isPresent()) {
            inbox.run(action);
        }
    }

    @Override
    public LinkStatus status() {
        return new LinkStatus(state, counters.connects().get(), counters.attempts().get(), counters.bytesIn().get(),
                counters.bytesOut().get(), counters.dropped().get(), maximumPacket, lastFailure);
    }

    @Override
    public void close() {
        closed = true;
        wake.release();
        try {
            // a broker that says nothing holds nobody up: what is not connected yet is given up
            for (int wait = 0; wait < CLOSE_WAITS && supervisor.isAlive(); wait++) {
                if (current.isEmpty()) {
                    making.ifPresent(BrokerConnection::abort);
                }
                supervisor.join(Duration.ofMillis(CLOSE_MILLIS));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        inbox.close();
    }

    private void supervise() {
        while (!closed) {
            try {
                awaitTurn();
                if (!closed) {
                    connectOnce();
                }
            } catch (InterruptedException e) {
                return;
            } catch (MqttException | RuntimeException e) {
                lastFailure = Optional.of(String.valueOf(e.getMessage()));
                pace.ended(Duration.ZERO, false);
            }
        }
        state = State.CLOSED;
    }

    private void awaitTurn() throws InterruptedException {
        state = State.WAITING;
        wake.drainPermits();
        if (closed || wake.tryAcquire(pace.backoffNanos(), TimeUnit.NANOSECONDS) && closed) {
            return;
        }
        for (long left; !closed && (left = pace.rateNanos(System.nanoTime())) > 0;) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(WATCH_MILLIS)));
        }
    }

    private void connectOnce() throws MqttException, InterruptedException {
        state = State.CONNECTING;
        pace.attempted(System.nanoTime());
        counters.attempts().incrementAndGet();
        var session = settings.nextSession();
        var connection = new BrokerConnection(settings, session, counters, this::dispatch);
        making = Optional.of(connection);
        long since = System.nanoTime();
        try {
            var granted = Map.copyOf(filters);
            connection.open(granted);
            if (!connection.ended().isDone()) {
                connected(connection, session, granted.keySet());
            }
            var end = watch(connection);
            lastFailure = Optional.of(end.reason());
            pace.ended(Duration.ofNanos(System.nanoTime() - since), end.refused());
            LOG.log(System.Logger.Level.INFO, "link ended: link={0}, reason={1}", settings.name(), end.reason());
        } finally {
            current = Optional.empty();
            making = Optional.empty();
            connection.dispose();
        }
    }

    private void connected(BrokerConnection connection, LinkSession session, Set<String> granted)
            throws MqttException {
        maximumPacket = connection.maximumPacket();
        counters.connects().incrementAndGet();
        current = Optional.of(connection);
        subscribeLate(connection, granted);
        state = State.CONNECTED;
        LOG.log(System.Logger.Level.INFO, "link connected: link={0}", settings.name());
        connectActions.forEach(inbox::run);
        session.opened(new Bound(connection));
    }

    /** What was subscribed to while the connection was being made: neither it nor the subscriber saw the other. */
    private void subscribeLate(BrokerConnection connection, Set<String> granted) throws MqttException {
        var late = filters.entrySet().stream().filter(entry -> !granted.contains(entry.getKey()))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        connection.subscribe(late);
    }

    private End watch(BrokerConnection connection) throws InterruptedException {
        while (true) {
            try {
                return connection.ended().get(WATCH_MILLIS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillThere) {
                if (closed) {
                    connection.close();
                }
                connection.checkStall(System.nanoTime());
            } catch (ExecutionException e) {
                throw new IllegalStateException("a connection's end is always a value", e);
            }
        }
    }

    private void dispatch(MqttIncoming message) {
        for (var subscription : subscriptions) {
            if (TopicFilter.matches(subscription.filter(), message.topic())) {
                inbox.arrived(message, subscription.handler());
            }
        }
    }

    /** A connection as its session sees it. */
    private record Bound(BrokerConnection connection) implements SessionPort {

        @Override
        public CompletableFuture<Void> publish(MqttOutgoing message) {
            return publishOn(connection, message);
        }

        @Override
        public boolean isOpen() {
            return !connection.ended().isDone();
        }

        @Override
        public void leave() {
            connection.close();
        }
    }
}
