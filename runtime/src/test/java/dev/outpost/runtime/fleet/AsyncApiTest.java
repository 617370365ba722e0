package dev.outpost.runtime.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.json.JsonWriter;
import dev.outpost.provisioning.manifest.Command;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FreshnessAnswer;
import dev.outpost.provisioning.manifest.SignedDocument;
import dev.outpost.runtime.fleet.carrier.ChunkRequest;
import dev.outpost.runtime.fleet.carrier.PeerHave;
import dev.outpost.runtime.fleet.wire.CertificateAnswer;
import dev.outpost.runtime.fleet.wire.CommandAck;
import dev.outpost.runtime.fleet.wire.Desired;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.fleet.wire.FailNotice;
import dev.outpost.runtime.fleet.wire.FreshnessRequest;
import dev.outpost.runtime.fleet.wire.Presence;
import dev.outpost.runtime.fleet.wire.SignedReport;
import dev.outpost.runtime.fleet.wire.TelemetryAck;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The document for integrators says what the program does, and the other way round. */
class AsyncApiTest {

    private static final AsyncApiDocument DOCUMENT = new AsyncApiDocument();
    /** Digest of the authority's certificate in the examples. */
    private static final String PIN = "4fd3f6bcc5683286e6958c62424361bc564f9d011a2e6cbeaff014de2d0ad8db";
    private static final Path SOURCES = Path.of("src", "main", "java");
    private static final Pattern USE = Pattern.compile("\\b(own|any|shared)\\(\\s*\"([^/\"][^\"]*)\"(\\s*\\+)?");

    /** Bytes of a message to the bytes of what was read from it. */
    private static final Map<String, UnaryOperator<byte[]>> CODECS = new TreeMap<>(Map.ofEntries(
            Map.entry("presence", payload -> Presence.of(payload).encode()),
            Map.entry("desired", AsyncApiTest::desired),
            Map.entry("report", AsyncApiTest::report),
            Map.entry("failure", AsyncApiTest::report),
            Map.entry("freshnessRequest", payload -> FreshnessRequest.of(payload).encode()),
            Map.entry("freshnessAnswer", payload -> signed(payload, body -> FreshnessAnswer.of(body).toJson())),
            Map.entry("certificateAnswer", payload -> CertificateAnswer.of(payload).encode()),
            Map.entry("command", payload -> signed(payload, body -> Command.of(body).toJson())),
            Map.entry("commandAck", payload -> CommandAck.of(payload).encode()),
            Map.entry("chunkRequest", payload -> ChunkRequest.of(payload).encode()),
            Map.entry("peerHave", payload -> PeerHave.of(payload).encode()),
            Map.entry("telemetryBatch", AsyncApiTest::batch),
            Map.entry("telemetryAck", payload -> TelemetryAck.of(payload).encode())));

    /** Bytes that are no JSON. */
    private static final Set<String> BINARY = Set.of("certificateRequest", "chunk");

    @Test
    void isAsyncApiThreeWithoutLooseEnds() {
        assertTrue(DOCUMENT.root().get("asyncapi").asText().startsWith("3."));
        assertEquals(List.of(), DOCUMENT.danglingReferences());
        var used = new TreeSet<String>();
        for (var operation : DOCUMENT.root().get("operations")) {
            used.add(operation.at("/channel/$ref").asText().replace("#/channels/", ""));
            assertTrue(operation.at("/bindings/mqtt/qos").asInt(9) <= 1, "no QoS 2");
        }
        assertEquals(DOCUMENT.fields("/channels"), used, "each channel is sent to or received from");
    }

    @Test
    void everyMessageHasAnExampleOrIsBytes() {
        var known = new TreeSet<>(CODECS.keySet());
        known.addAll(BINARY);
        assertEquals(known, DOCUMENT.messages());
    }

    @Test
    void everyAddressIsUsedByTheProgramAndTheOtherWayRound() throws IOException {
        var used = new TreeSet<String>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                if (source.contains("TopicPlan") || source.contains("topics")) {
                    var matcher = USE.matcher(source);
                    while (matcher.find()) {
                        String root = matcher.group(1).equals("shared") ? "outpost/v1/+/" : "outpost/v1/+/+/";
                        used.add(root + matcher.group(2) + (matcher.group(3) == null ? "" : "+"));
                    }
                }
            }
        }
        for (String topic : DOCUMENT.topics()) {
            assertTrue(used.stream().anyMatch(use -> covers(use, topic)), topic + " is used nowhere of " + used);
        }
        for (String use : used) {
            assertTrue(DOCUMENT.topics().stream().anyMatch(topic -> covers(use, topic)), use + " is not documented");
        }
    }

    /** Whether a literal of the program, cut where a value is appended, is the beginning of the topic or all of it. */
    private static boolean covers(String use, String topic) {
        return use.equals(topic) || use.endsWith("/+") && topic.startsWith(use.substring(0, use.length() - 1));
    }

    @TestFactory
    Stream<DynamicTest> everyExampleIsValidAndReadByTheProgram() {
        return CODECS.keySet().stream().map(message -> DynamicTest.dynamicTest(message, () -> {
            var examples = DOCUMENT.examples(message);
            assertFalse(examples.isEmpty());
            examples.forEach((name, payload) -> {
                assertEquals(List.of(), DOCUMENT.violations(message, payload), name);
                byte[] again = CODECS.get(message).apply(payload);
                assertEquals(canonical(payload), canonical(again), name);
                assertEquals(List.of(), DOCUMENT.violations(message, again), name);
            });
        }));
    }

    @TestFactory
    Stream<DynamicTest> aMemberMoreOrLessIsRefusedByTheSchemaToo() {
        return CODECS.keySet().stream().map(message -> DynamicTest.dynamicTest(message, () -> {
            byte[] example = DOCUMENT.examples(message).values().iterator().next();
            var members = new TreeMap<>(((JsonObject) JsonReader.read(example, 1 << 20)).members());
            var more = new JsonObject(new TreeMap<>(members)).with("unheard", "of");
            assertFalse(DOCUMENT.violations(message, JsonWriter.canonical(more)).isEmpty(), "one member more");
            members.remove(members.firstKey());
            assertFalse(DOCUMENT.violations(message, JsonWriter.canonical(new JsonObject(members))).isEmpty(),
                    "one member less");
        }));
    }

    private static byte[] desired(byte[] payload) {
        var desired = Desired.of(payload);
        var body = SignedDocument.of(desired.fleet()).payload();
        assertEquals(JsonWriter.text(body), JsonWriter.text(FleetDocument.of(body).toJson()));
        return desired.encode();
    }

    private static byte[] report(byte[] payload) {
        var report = SignedReport.of(payload);
        var body = report.verified(List.of(PIN), "plant-1", "press-3");
        var read = FailNotice.is(body) ? FailNotice.of(body).toJson() : DeviceReport.of(body).toJson();
        assertEquals(JsonWriter.text(body), JsonWriter.text(read));
        return report.encode();
    }

    private static byte[] signed(byte[] payload, UnaryOperator<JsonObject> codec) {
        var document = SignedDocument.of(JsonReader.read(payload, SignedDocument.MAX_BYTES));
        assertEquals(JsonWriter.text(document.payload()), JsonWriter.text(codec.apply(document.payload())));
        return document.encode();
    }

    private static byte[] batch(byte[] payload) {
        var deflated = new ByteArrayOutputStream();
        try {
            try (var out = new DeflaterOutputStream(deflated)) {
                out.write(payload);
            }
            byte[] again = TelemetryBatch.inflate(deflated.toByteArray()).deflated();
            return new InflaterInputStream(new java.io.ByteArrayInputStream(again)).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String canonical(byte[] payload) {
        return JsonWriter.text(JsonReader.read(payload, 1 << 20));
    }
}
