package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.UpdateState;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.TinyGguf;
import dev.outpost.runtime.fleet.hub.FleetBroker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The device on a real Mosquitto with the documented listeners: one for certificates, one to ask for them. */
class FleetMutualTlsTest {

    private static final byte[] MODEL = new TinyGguf("a template", 3, 2500).bytes();

    @TempDir
    Path files;

    @Test
    void enrolsAtOneListenerAndLivesAtTheOther() throws IOException {
        try (TestSite site = new TestSite(files, Map.of());
                FleetBroker broker = new FleetBroker(TestSite.place(files), files.resolve("broker"))) {
            site.openSecured(broker.mosquitto().port());
            Map<String, String> flags = flags(site, broker);
            try (TestDevice device = TestDevice.start(files, flags, Set.of()).orElseThrow()) {
                Programs.await(30, "certificate: " + device.wiring.status(),
                        () -> device.wiring.status().get("identity").get("certificate").startsWith("until"));
                Programs.await(30, "report", () -> site.database.devices().find("box-1").orElseThrow().report()
                        .isPresent());
                Programs.await(30, "presence", () -> site.database.devices().find("box-1").orElseThrow().online());
                var release = site.release(TargetKind.MODEL, "assistant", MODEL);
                site.rollOut("box-1", release, files.resolve("stick"));
                Programs.await(30, "served: " + device.room.report(),
                        () -> device.room.report().state() == UpdateState.ACTIVATED);
                assertEquals(Optional.of(ContentDigest.of(MODEL)), device.answers());
                broker.mosquitto().kill();
                broker.mosquitto().start();
                Programs.await(30, "the link comes back by itself", () -> device.wiring.status().get("links")
                        .get("fleet").startsWith("connected, connects 2"));
            }
            assertTrue(site.database.devices().find("box-1").orElseThrow().enrolled().isPresent());
        }
    }

    @Test
    void aDeviceWhoseTokenWasUsedByAnotherKeyStaysOut() throws IOException {
        try (TestSite site = new TestSite(files, Map.of());
                FleetBroker broker = new FleetBroker(TestSite.place(files), files.resolve("broker"))) {
            site.openSecured(broker.mosquitto().port());
            Map<String, String> flags = flags(site, broker);
            try (TestDevice device = TestDevice.start(files, flags, Set.of()).orElseThrow()) {
                Programs.await(30, "certificate",
                        () -> device.wiring.status().get("identity").get("certificate").startsWith("until"));
            }
            Map<String, String> copied = new HashMap<>(flags);
            copied.put("state.directory", files.resolve("thief").toString());
            try (TestDevice thief = TestDevice.start(files, copied, Set.of()).orElseThrow()) {
                Programs.await(30, "refusal: " + thief.wiring.status(), () -> thief.wiring.status().get("identity")
                        .get("enrolment").contains("refused"));
                assertEquals("none", thief.wiring.status().get("identity").get("certificate"));
                assertTrue(thief.wiring.status().get("links").get("fleet").startsWith("waiting, connects 0 of 0"));
            }
        }
    }

    /** The claim is made when the listeners are known: a fleet's settings may be edited. */
    private Map<String, String> flags(TestSite site, FleetBroker broker) throws IOException {
        Path settings = TestSite.place(files).resolve("fleet.json");
        String links = "\"links\": {\"enrol\":\"mqtts://localhost:" + broker.mosquitto().enrolmentPort()
                + "\",\"fleet\":\"mqtts://localhost:" + broker.mosquitto().port() + "\"}";
        Files.writeString(settings, Files.readString(settings, StandardCharsets.UTF_8).replace("\"links\": {}", links));
        Map<String, String> flags = new HashMap<>(TestDevice.settings(files.resolve("state"), "box-1"));
        flags.put("fleet.claim", site.claim("box-1").toString());
        flags.put("fleet.stick", files.resolve("stick").toString());
        flags.put("fleet.answer-deadline", "5s");
        flags.put("link.fleet.connect-deadline", "5s");
        return flags;
    }
}
