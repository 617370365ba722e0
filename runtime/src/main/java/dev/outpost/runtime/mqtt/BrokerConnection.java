package dev.outpost.runtime.mqtt;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttConnectionOptions;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.client.persist.MemoryPersistence;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.eclipse.paho.mqttv5.common.packet.UserProperty;

/** One connection with a Paho client of its own: made, used, lost once, never used again. */
final class BrokerConnection {

    private static final System.Logger LOG = System.getLogger(BrokerConnection.class.getName());
    private static final Duration GOODBYE = Duration.ofSeconds(1);
    private static final int REFUSED = 0x80;
    private static final int DISCONNECT_WITH_WILL = 0x04;
    /** A killed socket ends what its thread does, save for looking a name up. */
    private static final Duration MOST_CONNECTING = Duration.ofSeconds(2);

    /** How a connection ended; {@code refused} where trying again soon would be wrong. */
    record End(String reason, boolean refused) {}

    private record Pending(CompletableFuture<Void> done, int bytes, long due) {}

    private final LinkSettings settings;
    private final LinkSession session;
    private final BrokerSocket socket;
    private final MqttAsyncClient client;
    private final CompletableFuture<End> ended = new CompletableFuture<>();
    private final Set<Pending> pending = ConcurrentHashMap.newKeySet();
    private volatile Semaphore window = new Semaphore(0);

    BrokerConnection(LinkSettings settings, LinkSession session, LinkCounters counters,
            Consumer<MqttIncoming> arrived) throws MqttException {
        this.settings = settings;
        this.session = session;
        this.socket = new BrokerSocket(settings, session, counters, arrived);
        this.client = new MqttAsyncClient(socket.getServerURI(), settings.clientId(), new MemoryPersistence());
        client.setCallback(new Callback(arrived));
    }

    /** Completes once, when the connection is gone. */
    CompletableFuture<End> ended() {
        return ended;
    }

    /** Connects and subscribes within the deadline, or ends. */
    void open(Map<String, Integer> filters) {
        try {
            client.connect(options()).waitForCompletion(settings.connectDeadline().toMillis());
            int receiveMaximum = socket.connack().map(ConnackFilter::receiveMaximum).orElse(1);
            window = new Semaphore(Math.max(1, Math.min(receiveMaximum - 1, settings.inFlight())));
            subscribe(filters);
        } catch (MqttException e) {
            boolean refused = socket.connack().filter(connack -> connack.reason() >= REFUSED).isPresent();
            end("connect failed: " + e.getMessage() + " (" + e.getReasonCode() + ")", refused);
        }
    }

    void subscribe(Map<String, Integer> filters) throws MqttException {
        if (filters.isEmpty()) {
            return;
        }
        var wanted = filters.entrySet().stream().map(entry -> new MqttSubscription(entry.getKey(), entry.getValue()))
                .toArray(MqttSubscription[]::new);
        var token = client.subscribe(wanted);
        token.waitForCompletion(settings.publishDeadline().toMillis());
        for (int reason : token.getReasonCodes()) {
            if (reason >= REFUSED) {
                end("subscription refused: reason=" + reason, true);
            }
        }
    }

    CompletableFuture<Void> publish(MqttOutgoing message) throws InterruptedException {
        return publish(message, settings.publishDeadline());
    }

    private CompletableFuture<Void> publish(MqttOutgoing message, Duration patience) throws InterruptedException {
        var done = new CompletableFuture<Void>();
        long most = maximumPacket();
        if (message.payload().length + message.topic().length() + 64L > most) {
            return CompletableFuture.failedFuture(new LinkException("message is too large for the broker: bytes="
                    + message.payload().length + ", most=" + most));
        }
        var permits = window;
        if (!permits.tryAcquire(patience.plus(throttled(0)).toMillis(), TimeUnit.MILLISECONDS)) {
            end("broker acknowledges nothing", false);
            return CompletableFuture.failedFuture(new LinkException("broker acknowledges nothing"));
        }
        int bytes = message.payload().length;
        var entry = new Pending(done, bytes,
                System.nanoTime() + settings.publishDeadline().plus(throttled(bytes)).toNanos());
        pending.add(entry);
        done.whenComplete((nothing, failure) -> {
            pending.remove(entry);
            permits.release();
        });
        send(message, done);
        if (ended.isDone()) {
            failPending();
        }
        return done;
    }

    /** Ends the connection if a message waits too long for its acknowledgement. */
    void checkStall(long now) {
        if (pending.stream().anyMatch(entry -> now - entry.due() > 0)) {
            end("broker acknowledges nothing", false);
        }
    }

    /** How long our own rate limit takes for what is on its way; no broker is to blame for that. */
    private Duration throttled(int more) {
        long rate = settings.bytesPerSecond();
        return rate == 0
                ? Duration.ZERO
                : Duration.ofMillis((pending.stream().mapToLong(Pending::bytes).sum() + more) * 1_000 / rate);
    }

    /**
     * Gives up waiting for the broker. Before CONNECT was written nothing happens: the client's threads are being
     * started then, and would not notice. Any thread.
     */
    void abort() {
        if (socket.isConnectWritten()) {
            end("closed", false);
        }
    }

    long maximumPacket() {
        return socket.connack().map(ConnackFilter::maximumPacket).orElse(0L);
    }

    /** Says the session's farewell and goodbye, and ends; the broker publishes the will only where it is wanted. */
    void close() {
        if (!ended.isDone()) {
            session.farewell().ifPresent(this::say);
        }
        int reason = session.leavesWithWill() ? DISCONNECT_WITH_WILL : 0;
        try {
            client.disconnect(0, null, null, reason, new MqttProperties()).waitForCompletion(1_000);
        } catch (MqttException ignored) {
            // the broker does not answer; the socket is closed all the same
        }
        end("closed", false);
    }

    private void say(MqttOutgoing farewell) {
        try {
            publish(farewell, GOODBYE).get(GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException unheard) {
            LOG.log(System.Logger.Level.DEBUG, "farewell was not acknowledged", unheard);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Frees the client's threads; waits for them a while. */
    void dispose() {
        socket.kill();
        failPending();
        try {
            socket.awaitStarter(MOST_CONNECTING);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int attempt = 0; attempt < 40; attempt++) {
            try {
                client.disconnectForcibly(0, 1, false);
                client.close(true);
                return;
            } catch (MqttException e) {
                pause();
            }
        }
    }

    private void failPending() {
        var message = ended.getNow(new End("connection lost", false)).reason();
        pending.forEach(entry -> entry.done().completeExceptionally(new LinkException(message)));
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void end(String reason, boolean refused) {
        if (ended.complete(new End(reason, refused))) {
            socket.kill();
            failPending();
        }
    }

    private void send(MqttOutgoing message, CompletableFuture<Void> done) {
        try {
            client.publish(message.topic(), paho(message), null, new MqttActionListener() {
                @Override
                public void onSuccess(IMqttToken token) {
                    var reasons = token.getReasonCodes();
                    if (reasons != null && reasons.length > 0 && reasons[0] >= REFUSED) {
                        done.completeExceptionally(new LinkException("publish refused: reason=" + reasons[0]));
                    } else {
                        done.complete(null);
                    }
                }

                @Override
                public void onFailure(IMqttToken token, Throwable cause) {
                    done.completeExceptionally(new LinkException("publish failed", cause));
                }
            });
        } catch (MqttException e) {
            done.completeExceptionally(new LinkException("publish failed", e));
        }
    }

    private MqttConnectionOptions options() {
        var options = new MqttConnectionOptions();
        options.setAutomaticReconnect(false);
        options.setCleanStart(true);
        options.setSessionExpiryInterval(0L);
        options.setKeepAliveInterval(Math.toIntExact(Math.max(1, settings.keepAlive().toSeconds())));
        options.setConnectionTimeout(Math.toIntExact(Math.max(1, settings.connectDeadline().toSeconds())));
        options.setReceiveMaximum(16);
        options.setMaximumPacketSize((long) settings.maximumPacket());
        settings.credentials().map(Supplier::get).ifPresent(known -> {
            options.setUserName(known.username());
            options.setPassword(known.password());
        });
        options.setSocketFactory(new BrokerSocketFactory.Carrier(socket));
        session.will().ifPresent(will -> options.setWill(will.topic(), paho(will)));
        return options;
    }

    private static MqttMessage paho(MqttOutgoing message) {
        var properties = new MqttProperties();
        message.expiry().map(Duration::toSeconds).ifPresent(properties::setMessageExpiryInterval);
        message.responseTopic().ifPresent(properties::setResponseTopic);
        message.correlation().ifPresent(properties::setCorrelationData);
        message.contentType().ifPresent(type -> {
            properties.setContentType(type);
            properties.setPayloadFormat(true);
        });
        properties.setUserProperties(message.userProperties().entrySet().stream()
                .map(entry -> new UserProperty(entry.getKey(), entry.getValue())).toList());
        var paho = new MqttMessage(message.payload());
        paho.setQos(message.qos());
        paho.setRetained(message.retained());
        paho.setProperties(properties);
        return paho;
    }

    private final class Callback implements MqttCallback {

        private final Consumer<MqttIncoming> arrived;

        Callback(Consumer<MqttIncoming> arrived) {
            this.arrived = arrived;
        }

        @Override
        public void disconnected(MqttDisconnectResponse response) {
            int reason = response.getReturnCode();
            String text = Optional.ofNullable(response.getException()).map(cause -> String.valueOf(cause.getCause()))
                    .orElse("broker ended the connection");
            end("disconnected: " + text + " (" + reason + ")", reason >= REFUSED);
        }

        @Override
        public void mqttErrorOccurred(MqttException exception) {
            end("protocol error: " + exception.getMessage(), false);
        }

        @Override
        public void messageArrived(String topic, MqttMessage message) {
            var properties = Optional.ofNullable(message.getProperties()).orElseGet(MqttProperties::new);
            var user = Optional.ofNullable(properties.getUserProperties()).orElse(List.of()).stream()
                    .collect(Collectors.toMap(UserProperty::getKey, UserProperty::getValue, (first, later) -> first));
            arrived.accept(new MqttIncoming(topic, message.getPayload(), message.getQos(), message.isRetained(),
                    Optional.ofNullable(properties.getResponseTopic()),
                    Optional.ofNullable(properties.getCorrelationData()), user));
        }

        @Override
        public void deliveryComplete(IMqttToken token) {
            // each publish has a listener of its own
        }

        @Override
        public void connectComplete(boolean reconnect, String serverUri) {
            // nothing may be asked of the client here: it would deadlock
        }

        @Override
        public void authPacketArrived(int reasonCode, MqttProperties properties) {
            end("broker asks for extended authentication", true);
        }
    }
}
