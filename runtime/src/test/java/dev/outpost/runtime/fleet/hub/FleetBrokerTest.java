package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.outpost.runtime.Programs;
import dev.outpost.runtime.mqtt.LinkCredentials;
import dev.outpost.runtime.mqtt.LinkSettings;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttOutgoing;
import dev.outpost.runtime.mqtt.MqttPort;
import dev.outpost.runtime.mqtt.PaceSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access list of the documentation, on a real Mosquitto: what a device may say and hear, and nothing more. */
class FleetBrokerTest {

    private static final String ROOT = "outpost/v1/plant-1/";
    private static final List<String> SAYS = List.of("press-3/presence", "press-3/reported", "press-3/fresh/req",
            "press-3/cert/req", "press-3/cmd/c-1/ack", "press-3/xfer/0123456789ab/req", "press-3/tlm/alarm",
            "press-3/tlm/event", "press-3/tlm/metric", "press-3/tlm/log", "_fail/0123456789ab/press-3",
            "_peer/press-3/have");
    private static final List<String> HEARS = List.of("press-3/desired", "press-3/fresh/res", "press-3/cert/res",
            "press-3/cmd/c-1", "press-3/xfer/0123456789ab/chunk", "press-3/tlm/ack", "_group/presses/desired",
            "_fail/0123456789ab/press-4", "_peer/press-4/have");
    private static final List<String> MAY_NOT_SAY = List.of("press-4/presence", "press-4/tlm/alarm", "press-3/desired",
            "press-3/cmd/c-1", "press-3/tlm/ack", "_group/presses/desired", "_fail/0123456789ab/press-4",
            "_peer/press-4/have");
    private static final List<String> MAY_NOT_HEAR = List.of("press-4/desired", "press-4/cmd/c-1", "press-4/cert/res",
            "press-4/presence");

    @TempDir
    Path directory;

    @Test
    void aDeviceSaysAndHearsWhatItsAccessListAllowsAndNothingElse() {
        try (var broker = FleetBroker.found(directory, "plant-1");
                var hubLink = gateway(broker.mosquitto().port(), broker.client("hub"), "hub");
                var deviceLink = gateway(broker.mosquitto().port(), broker.client("press-3"), "press-3");
                var newcomerLink = gateway(broker.mosquitto().enrolmentPort(), broker.stranger(), "press-9")) {
            var hub = hubLink.link("fleet").orElseThrow();
            var device = deviceLink.link("fleet").orElseThrow();
            var newcomer = newcomerLink.link("fleet").orElseThrow();
            var atHub = heard(hub);
            var atDevice = heard(device);
            var atNewcomer = heard(newcomer);
            for (var link : List.of(hub, device, newcomer)) {
                Programs.await(20, "connected: " + broker.mosquitto().log(),
                        () -> link.status().state() == LinkStatus.State.CONNECTED);
            }
            say(newcomer, "press-9/presence");
            say(newcomer, "press-9/cert/req");
            say(newcomer, "press-8/cert/req");
            MAY_NOT_SAY.forEach(leaf -> say(device, leaf));
            SAYS.forEach(leaf -> say(device, leaf));
            Programs.await(20, "what a device may say arrives: " + atHub, () -> atHub.containsAll(SAYS)
                    && atHub.contains("press-9/cert/req"));
            MAY_NOT_SAY.forEach(leaf -> assertFalse(atHub.contains(leaf), leaf));
            assertFalse(atHub.contains("press-9/presence"), "before enrolment one topic is open");
            assertFalse(atHub.contains("press-8/cert/req"), "and that is a newcomer's own");

            MAY_NOT_HEAR.forEach(leaf -> say(hub, leaf));
            say(hub, "press-9/cert/res");
            HEARS.forEach(leaf -> say(hub, leaf));
            Programs.await(20, "what a device may hear arrives: " + atDevice, () -> atDevice.containsAll(HEARS)
                    && atNewcomer.contains("press-9/cert/res"));
            MAY_NOT_HEAR.forEach(leaf -> assertFalse(atDevice.contains(leaf), leaf));
            assertEquals(Set.of("press-9/cert/res"), atNewcomer);
        }
    }

    @Test
    void withoutACertificateTheFleetsPortIsClosed() {
        try (var broker = FleetBroker.found(directory, "plant-1");
                var gateway = gateway(broker.mosquitto().port(), broker.stranger(), "press-9")) {
            var link = gateway.link("fleet").orElseThrow();
            Programs.await(20, "refused", () -> link.status().attempts() >= 2 && link.status().lastFailure()
                    .isPresent());
            assertEquals(0, link.status().connects());
        }
    }

    private static Set<String> heard(MqttPort link) {
        var heard = ConcurrentHashMap.<String>newKeySet();
        link.subscribe("outpost/#", 1, message -> heard.add(message.topic().substring(ROOT.length())));
        return heard;
    }

    private static void say(MqttPort link, String leaf) {
        link.publish(MqttOutgoing.of(ROOT + leaf, new byte[]{1}, 1, false)).exceptionally(refused -> null).join();
    }

    private static MqttGateway gateway(int port, SSLContext tls, String client) {
        var pace = new PaceSettings(Duration.ofMillis(20), Duration.ofMillis(200), Duration.ofSeconds(1), 10_000);
        var gateway = new MqttGateway(List.of(LinkSettings.of("fleet", "127.0.0.1", port, client)
                .withPace(pace).withTls(() -> tls)
                .withCredentials(() -> new LinkCredentials("plant-1/" + client, new byte[]{1}))),
                RandomGenerator.of("L64X128MixRandom"));
        gateway.start();
        return gateway;
    }
}
