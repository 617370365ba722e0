package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FreshnessAnswer;
import dev.outpost.provisioning.manifest.Role;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.Programs;
import dev.outpost.runtime.fleet.hub.HubCounters.Count;
import dev.outpost.runtime.fleet.hub.database.CommandRow.State;
import dev.outpost.runtime.fleet.hub.database.DesiredRow;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import dev.outpost.runtime.fleet.wire.CommandAck;
import dev.outpost.runtime.fleet.wire.Desired;
import dev.outpost.runtime.fleet.wire.FailNotice;
import dev.outpost.runtime.fleet.wire.FreshnessRequest;
import dev.outpost.runtime.fleet.wire.Presence;
import dev.outpost.runtime.fleet.wire.SignedReport;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttIncoming;
import dev.outpost.runtime.mqtt.MqttPort;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub over a real broker; the test speaks as its devices. */
class HubTest {

    private static final String BOOT_A = "00000000000000aa";
    private static final String BOOT_B = "00000000000000bb";
    private static final HubSettings SETTINGS = HubSettings.DEFAULT.withTimes(Duration.ofMillis(50),
            Duration.ofMillis(300), Duration.ofMillis(200), Duration.ofSeconds(2));

    @TempDir
    static Path shared;

    private static EmbeddedBroker broker;

    @TempDir
    Path path;

    private HubRig rig;
    private MqttGateway hubLink;
    private MqttGateway deviceLink;
    private MqttPort device;
    private Hub hub;
    private final ConcurrentLinkedQueue<MqttIncoming> heard = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void startBroker() throws IOException {
        broker = new EmbeddedBroker(shared);
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void start() {
        rig = new HubRig(path, "");
        hubLink = HubRig.link(broker.port(), "hub-" + path.getFileName());
        deviceLink = HubRig.link(broker.port(), "device-" + path.getFileName());
        hub = new Hub(rig.directory, rig.keys, rig.database, hubLink.link("fleet").orElseThrow(), SETTINGS, List.of(),
                InstantSource.system());
        device = deviceLink.link("fleet").orElseThrow();
        for (String leaf : List.of("cert/res", "fresh/res", "cmd/+", "tlm/ack", "desired")) {
            device.subscribe("outpost/v1/plant/+/" + leaf, 1, heard::add);
        }
        hubLink.start();
        deviceLink.start();
        Programs.await(20, "both are connected", () -> connected(hubLink) && connected(deviceLink) && hub.leads());
    }

    @AfterEach
    void stop() {
        // the broker outlives the test: what is retained must not reach the next one
        for (String leaf : List.of("presence", "desired")) {
            HubRig.publish(device, topic(leaf), new byte[0], true);
        }
        HubRig.publish(device, "outpost/v1/plant/_group/line-a/desired", new byte[0], true);
        hub.close();
        hubLink.close();
        deviceLink.close();
        rig.close();
    }

    @Test
    void publishesWhatIsDesiredAndAnnouncesTheNewestVersion() {
        rig.register("box-1", "line-a");
        byte[] envelope = envelope(1);
        var reference = new DesiredRow.Reference("release", ContentDigest.of(envelope), envelope.length);
        rig.database.desired().put(new Addressee.Device("box-1"), 1, envelope, List.of(reference), Instant.now());
        rig.database.desired().put(new Addressee.Group("line-a"), 1, envelope, List.of(), Instant.now());

        var message = awaited(topic("desired"));
        var desired = Desired.of(message.payload());
        assertEquals(new String(envelope, StandardCharsets.UTF_8),
                new String(desired.fleetDocument(), StandardCharsets.UTF_8));
        assertEquals(ContentDigest.of(envelope), desired.documents().getFirst().digest());
        Programs.await(10, "the database says that it was published", () -> rig.database.desired()
                .find(new Addressee.Group("line-a")).orElseThrow().published() == 1);
    }

    @Test
    void aBrokerThatForgotHearsWhatIsDesiredAgain(@TempDir Path other) throws IOException {
        rig.database.desired().put(new Addressee.Device("box-1"), 1, envelope(1), List.of(), Instant.now());
        try (var forgetful = new EmbeddedBroker(other);
                var link = HubRig.link(forgetful.port(), "second-hub");
                var second = new Hub(rig.directory, rig.keys, rig.database, link.link("fleet").orElseThrow(), SETTINGS,
                        List.of(), InstantSource.system())) {
            link.start();
            Programs.await(20, "it is published there", () -> second.counters().get(Count.PUBLISHED) >= 1);
            forgetful.stop();
            forgetful.start();
            Programs.await(30, "it is published again", () -> second.counters().get(Count.PUBLISHED) >= 2);
        }
    }

    @Test
    void freshnessIsSignedForTheNonceAndTheDevicesOwnAddressees() {
        rig.register("box-1", "line-a");
        rig.register("box-2", "line-b");
        rig.database.desired().put(new Addressee.Group("line-a"), 7, envelope(7), List.of(), Instant.now());
        rig.database.desired().put(new Addressee.Device("box-2"), 3, envelope(3), List.of(), Instant.now());
        HubRig.publish(device, topic("fresh/req"), new FreshnessRequest("nonce-1").encode(), false);

        var envelope = SignedDocument.of(JsonReader.read(awaited(topic("fresh/res")).payload(), 64 << 10));
        var answer = FreshnessAnswer.of(envelope.payload());
        assertEquals("nonce-1", answer.nonce());
        assertEquals(1, answer.rootVersion());
        assertEquals(Map.of("group/line-a", 7L), answer.fleetVersions());
        var signer = rig.directory.root().role(Role.FRESHNESS).signers().getFirst();
        assertEquals(signer, envelope.signatures().stream().map(SignedDocument.Signature::key).toList());
    }

    @Test
    void aTokenBuysOneKeyItsCertificate() {
        rig.register("box-1");
        rig.claim("box-1", "s3cret");
        var first = certificate(rig.request("box-1", "box-1", "s3cret").der());
        assertEquals("CN=box-1", first.chain().getFirst().getSubjectX500Principal().getName().replaceAll(",.*", ""));
        var again = certificate(rig.request("box-1", "box-1", "s3cret").der());
        assertTrue(again.refusal().isEmpty(), "the same key asks again");
        assertTrue(certificate(rig.request("thief", "box-1", "s3cret").der()).refusal().isPresent(), "replayed token");
        assertTrue(certificate(rig.request("thief", "box-1", "guess").der()).refusal().isPresent(), "wrong token");
        rig.register("box-2");
        rig.claim("box-2", "other");
        assertTrue(certificate(rig.request("box-2", "box-2", "other").der()).refusal().isPresent(), "another's topic");
        assertTrue(certificate(new byte[]{1, 2, 3}).refusal().isPresent(), "no request at all");
    }

    @Test
    void onlyWhatADeviceSignedItselfIsKeptAsItsFailure() {
        var pair = rig.enrol("box-1");
        var other = rig.enrol("box-2");
        var notice = notice("box-1");
        String topic = "outpost/v1/plant/_fail/" + FailNotice.topicLevel(notice.release()) + "/box-1";
        HubRig.publish(device, topic, SignedReport.sign(notice.toJson(), other).encode(), false);
        HubRig.publish(device, topic, SignedReport.sign(notice("box-2").toJson(), pair).encode(), false);
        var forged = SignedReport.sign(notice.toJson(), pair);
        HubRig.publish(device, topic,
                new SignedReport(notice.toJson().with("detail", "other words"), forged.signature(), forged.chain())
                        .encode(),
                false);
        Programs.await(10, "three are refused", () -> hub.counters().get(Count.UNTRUSTED) == 3);
        assertTrue(rig.database.failures().all().isEmpty());

        HubRig.publish(device, topic, SignedReport.sign(notice.toJson(), pair).encode(), false);
        Programs.await(10, "the true one is kept", () -> rig.database.failures().all().size() == 1);
        rig.database.devices().revoke("box-1", Instant.now());
        HubRig.publish(device, topic, SignedReport.sign(notice.toJson(), pair).encode(), false);
        Programs.await(10, "a revoked device is not listened to", () -> hub.counters().get(Count.STRANGERS)
                + hub.counters().get(Count.UNTRUSTED) == 4);
    }

    @Test
    void aDeviceThatComesBackInTimeWasNeverGone() {
        rig.register("box-1");
        presence(true, BOOT_A, 1);
        Programs.await(10, "it is there", this::online);
        presence(false, BOOT_A, 1);
        presence(true, BOOT_A, 2);
        presence(false, BOOT_B, 1);
        Programs.await(10, "it is there in its second session", this::online);
        presence(false, BOOT_A, 2);
        Programs.await(10, "it is gone once the time is over", () -> !online());
    }

    @Test
    void twoRunsThatTakeTurnsAreSetAside() {
        rig.register("box-1");
        presence(true, BOOT_A, 1);
        presence(true, BOOT_B, 1);
        presence(true, BOOT_A, 2);
        presence(true, BOOT_B, 2);
        Programs.await(10, "it is set aside", () -> rig.database.devices().find("box-1").orElseThrow().quarantined()
                .isPresent());
        assertTrue(certificate(rig.request("box-1", "box-1", "any").der()).refusal().isPresent());
    }

    @Test
    void aCommandIsSentAtEachBirthUntilItIsAcknowledged() {
        rig.register("box-1");
        rig.database.commands().add("c-1", "box-1", envelope(1), Instant.now(), Instant.now().plusSeconds(60));
        presence(true, BOOT_A, 1);
        Programs.await(10, "it comes", () -> count(topic("cmd/c-1")) >= 1);
        presence(true, BOOT_A, 2);
        Programs.await(10, "it comes again", () -> count(topic("cmd/c-1")) >= 2);
        HubRig.publish(device, topic("cmd/c-1/ack"), new CommandAck("c-1", CommandAck.State.DONE, "fine").encode(),
                false);
        Programs.await(10, "it is done",
                () -> rig.database.commands().find("c-1").orElseThrow().state() == State.DONE);
    }

    @Test
    void noHostileTelemetryIsKeptOrAcknowledged() throws IOException {
        rig.register("box-1");
        String topic = topic("tlm/metric");
        HubRig.publish(device, topic, "no batch".getBytes(StandardCharsets.UTF_8), false);
        HubRig.publish(device, topic, deflated("{}"), false);
        HubRig.publish(device, topic, deflated(" ".repeat(5 << 20)), false);
        HubRig.publish(device, topic, batch("alarm", 0, 0, "[{\"t\":1,\"r\":{}}]"), false);
        HubRig.publish(device, topic, batch("metric", 5, 0, "[]"), false);
        HubRig.publish(device, topic, batch("metric", 5, 9, "[{\"t\":1,\"r\":{}}]"), false);
        HubRig.publish(device, topic, batch("metric", 5, 0, "[{\"t\":-1,\"r\":{}}]"), false);
        HubRig.publish(device, "outpost/v1/plant/stranger/tlm/metric", batch("metric", 0, 0,
                "[{\"t\":1,\"r\":{}}]"), false);
        Programs.await(10, "all are refused", () -> hub.counters().get(Count.MALFORMED) == 7
                && hub.counters().get(Count.STRANGERS) == 1);
        assertEquals(Map.of(), rig.database.telemetry().counts());
        assertEquals(0, count(topic("tlm/ack")));

        HubRig.publish(device, topic, batch("metric", 0, 0,
                "[{\"t\":1,\"r\":{\"text\":\"\\u0000 nothing\"}},{\"t\":2,\"r\":{\"from\":3,\"kind\":\"gap\","
                        + "\"reason\":\"disk_cap\",\"to\":9}}]"),
                false);
        assertTrue(new String(awaited(topic("tlm/ack")).payload(), StandardCharsets.UTF_8).contains("\"upToSeq\":1"));
        assertEquals(Map.of("box-1", 2L), rig.database.telemetry().counts());
        assertEquals(Map.of("box-1", 7L), rig.database.telemetry().gaps());
    }

    private static boolean connected(MqttGateway gateway) {
        return gateway.status().values().stream().allMatch(link -> link.state() == LinkStatus.State.CONNECTED);
    }

    private boolean online() {
        return rig.database.devices().find("box-1").orElseThrow().online();
    }

    private void presence(boolean online, String boot, long session) {
        HubRig.publish(device, topic("presence"),
                new Presence(online, boot, session, "0.1", "pi", List.of(), 0).encode(), true);
    }

    private CertificateAnswer certificate(byte[] pkcs10) {
        heard.clear();
        HubRig.publish(device, topic("cert/req"), pkcs10, false);
        var answer = CertificateAnswer.of(awaited(topic("cert/res")).payload());
        assertEquals(ContentDigest.of(pkcs10), answer.request());
        assertFalse(answer.refusal().filter(String::isBlank).isPresent());
        return answer;
    }

    private static FailNotice notice(String device) {
        return new FailNotice("plant", device, "pi", ContentDigest.of(new byte[]{4}), "chat", 2, "rolled_back",
                "wrong answers");
    }

    private static String topic(String leaf) {
        return "outpost/v1/plant/box-1/" + leaf;
    }

    private MqttIncoming awaited(String topic) {
        Programs.await(10, "a message comes: topic=" + topic, () -> count(topic) > 0);
        return heard.stream().filter(message -> message.topic().equals(topic)).findFirst().orElseThrow();
    }

    private long count(String topic) {
        return heard.stream().filter(message -> message.topic().equals(topic) && message.payload().length > 0).count();
    }

    /** Anything signed: the hub passes it on as it is. */
    private static byte[] envelope(int version) {
        return JsonWriter.canonical(JsonReader.read(("{\"payload\":{\"version\":" + version + "},\"signatures\":[]}")
                .getBytes(StandardCharsets.UTF_8), 1024) instanceof JsonObject json ? json : JsonObject.of(Map.of()));
    }

    private static byte[] batch(String stream, long first, long oldest, String records) throws IOException {
        return deflated("{\"stream\":\"" + stream + "\",\"bootId\":\"" + BOOT_A + "\",\"runId\":\"" + BOOT_A
                + "\",\"oldestSeq\":" + oldest + ",\"afterSeq\":" + (first - 1) + ",\"firstSeq\":" + first
                + ",\"records\":" + records + "}");
    }

    private static byte[] deflated(String text) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var deflater = new DeflaterOutputStream(bytes)) {
            deflater.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }
}
