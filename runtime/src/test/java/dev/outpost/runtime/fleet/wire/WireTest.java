package dev.outpost.runtime.fleet.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.wire.Desired.Kind;
import dev.outpost.runtime.fleet.wire.Desired.Reference;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class WireTest {
    private static final ContentDigest DIGEST = ContentDigest.of(new byte[]{1});

    private record Message(String name, byte[] encoded, Function<byte[], byte[]> again) {}

    private static List<Message> messages() {
        return List.of(
                new Message("presence",
                        new Presence(true, "00ff00ff00ff00ff", 3, "1.2.3", "pi", List.of(DIGEST.hex()), 9)
                                .encode(),
                        bytes -> Presence.of(bytes).encode()),
                new Message("desired", Desired.of("{\"payload\":{},\"signatures\":[]}".getBytes(StandardCharsets.UTF_8),
                        List.of(new Reference(Kind.ROOT, DIGEST, 9), Reference.to(Kind.RELEASE, new byte[]{1, 2})))
                        .encode(),
                        bytes -> Desired.of(bytes).encode()),
                new Message("fresh", new FreshnessRequest("abc").encode(),
                        bytes -> FreshnessRequest.of(bytes).encode()),
                new Message("certificate", CertificateAnswer.refused(DIGEST, "unknown device").encode(),
                        bytes -> CertificateAnswer.of(bytes).encode()),
                new Message("ack", new CommandAck("order-1", CommandAck.State.RUNNING, "x").encode(),
                        bytes -> CommandAck.of(bytes).encode()),
                new Message("report", JsonWriter.canonical(report().toJson()),
                        bytes -> JsonWriter.canonical(DeviceReport.of(object(bytes)).toJson())),
                new Message("notice", JsonWriter.canonical(notice().toJson()),
                        bytes -> JsonWriter.canonical(FailNotice.of(object(bytes)).toJson())));
    }

    @TestFactory
    Stream<DynamicTest> everyMessageIsReadBackAsItWasWritten() {
        return messages().stream().map(message -> DynamicTest.dynamicTest(message.name(),
                () -> assertArrayEquals(message.encoded(), message.again().apply(message.encoded()))));
    }

    @TestFactory
    Stream<DynamicTest> aMemberNobodyKnowsIsRefused() {
        return messages().stream().map(message -> DynamicTest.dynamicTest(message.name(), () -> {
            byte[] more = JsonWriter.canonical(object(message.encoded()).with("surprise", 1));
            assertEquals(Refusal.UNKNOWN_MEMBER,
                    assertThrows(RefusedException.class, () -> message.again().apply(more)).code());
        }));
    }

    @TestFactory
    Stream<DynamicTest> everyMemberIsNeeded() {
        return messages().stream().flatMap(message -> object(message.encoded()).members().keySet().stream()
                .map(member -> DynamicTest.dynamicTest(message.name() + " " + member, () -> {
                    byte[] less = JsonWriter.canonical(object(message.encoded()).without(member));
                    assertThrows(RefusedException.class, () -> message.again().apply(less));
                })));
    }

    @Test
    void aDesiredMessageLongerThanItsLimitIsNotRead() {
        byte[] padded = new byte[Desired.MAX_BYTES + 1];
        Arrays.fill(padded, (byte) ' ');
        assertEquals(Refusal.DOCUMENT_TOO_LARGE,
                assertThrows(RefusedException.class, () -> Desired.of(padded)).code());
    }

    @Test
    void theFleetDocumentInsideIsByteForByteWhatWasSigned() {
        byte[] signed = "{\"payload\":{\"a\":1},\"signatures\":[]}".getBytes(StandardCharsets.UTF_8);
        assertArrayEquals(signed, Desired.of(Desired.of(signed, List.of()).encode()).fleetDocument());
    }

    @Test
    void anIdThatCouldLeaveItsTopicIsRefused() {
        byte[] ack = JsonWriter.canonical(
                object(new CommandAck("order-1", CommandAck.State.DONE, "").encode()).with("id", "../x"));
        assertEquals(Refusal.BAD_NAME, assertThrows(RefusedException.class, () -> CommandAck.of(ack)).code());
    }

    private static DeviceReport report() {
        return new DeviceReport("plant-1", "box-7", "00ff00ff00ff00ff", "1.2.3", "25.0.1", "avx2", "pi",
                List.of(new DeviceReport.Model(DIGEST.hex(), List.of("a"), "fleet press 3")), DIGEST.hex(),
                new DeviceReport.Update("ACTIVATED", "press", 3, DIGEST.hex(), DIGEST.hex(), 1, "activated", "", "", 5,
                        6,
                        0),
                7, 2, new DeviceReport.Freshness(true, List.of("root"), 12));
    }

    private static FailNotice notice() {
        return new FailNotice("plant-1", "box-7", "pi", DIGEST, "press", 3, "rolled_back_to_previous", "gate");
    }

    private static JsonObject object(byte[] json) {
        return (JsonObject) JsonReader.read(json, 1 << 20);
    }
}
