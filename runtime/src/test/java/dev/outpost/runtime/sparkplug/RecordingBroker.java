package dev.outpost.runtime.sparkplug;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.client.ClientContext;
import com.hivemq.extension.sdk.api.client.parameter.InitializerInput;
import com.hivemq.extension.sdk.api.events.client.ClientLifecycleEventListener;
import com.hivemq.extension.sdk.api.events.client.parameters.AuthenticationSuccessfulInput;
import com.hivemq.extension.sdk.api.events.client.parameters.ConnectionStartInput;
import com.hivemq.extension.sdk.api.events.client.parameters.DisconnectEventInput;
import com.hivemq.extension.sdk.api.packets.connect.ConnectPacket;
import com.hivemq.extension.sdk.api.packets.general.MqttVersion;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import com.hivemq.extension.sdk.api.services.session.ClientService;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Optional;

/** An embedded broker that notes what its clients send, packet by packet, before it acts on it. */
final class RecordingBroker implements AutoCloseable {

    private final String name;
    private final Tape tape;
    private final EmbeddedBroker broker;
    private volatile ClientService clients;

    RecordingBroker(String name, Path directory, Tape tape) throws IOException {
        this.name = name;
        this.tape = tape;
        this.broker = new EmbeddedBroker(directory, Optional.of(EmbeddedExtension.builder().withId("recorder-" + name)
                .withName("Packet recorder").withVersion("1").withAuthor("Outpost").withPriority(1)
                .withStartPriority(1).withExtensionMain(new Recorder()).build()));
    }

    int port() {
        return broker.port();
    }

    /** Ends a client's connection from this side; its will is published. */
    void cut(String client) {
        clients.disconnectClient(client, false).join();
    }

    @Override
    public void close() {
        broker.close();
    }

    private static Packet.Publish publish(PublishPacket packet) {
        return new Packet.Publish(packet.getTopic(), packet.getPayload().map(RecordingBroker::bytes)
                .orElse(new byte[0]), packet.getQos().getQosNumber(), packet.getRetain());
    }

    private static byte[] bytes(ByteBuffer buffer) {
        var bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static Packet.Connect connect(ConnectPacket packet) {
        return new Packet.Connect(packet.getMqttVersion() == MqttVersion.V_5 ? 5 : 3, packet.getCleanStart(),
                packet.getSessionExpiryInterval(), packet.getWillPublish().map(RecordingBroker::publish));
    }

    private final class Recorder implements ExtensionMain, ClientLifecycleEventListener {

        @Override
        public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
            Services.interceptorRegistry().setConnectInboundInterceptorProvider(any -> (connect, out) -> tape.note(name,
                    connect.getConnectPacket().getClientId(), connect(connect.getConnectPacket())));
            Services.initializerRegistry().setClientInitializer(this::watch);
            clients = Services.clientService();
            Services.eventRegistry().setClientLifecycleEventListener(any -> this);
        }

        @Override
        public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {
            // the broker ends with it
        }

        private void watch(InitializerInput input, ClientContext client) {
            String id = input.getClientInformation().getClientId();
            client.addPublishInboundInterceptor((in, out) -> tape.note(name, id, publish(in.getPublishPacket())));
            client.addSubscribeInboundInterceptor((in, out) -> {
                var filters = new LinkedHashMap<String, Integer>();
                in.getSubscribePacket().getSubscriptions().forEach(each -> filters.put(each.getTopicFilter(),
                        each.getQos().getQosNumber()));
                tape.note(name, id, new Packet.Subscribe(filters));
            });
            client.addDisconnectInboundInterceptor((in, out) -> tape.note(name, id,
                    new Packet.Disconnect(in.getDisconnectPacket().getReasonCode().name())));
        }

        @Override
        public void onMqttConnectionStart(ConnectionStartInput input) {
            // CONNECT is noted where it is intercepted
        }

        @Override
        public void onAuthenticationSuccessful(AuthenticationSuccessfulInput input) {
            // everybody may
        }

        @Override
        public void onDisconnect(DisconnectEventInput input) {
            tape.note(name, input.getClientInformation().getClientId(), new Packet.Gone());
        }
    }
}
