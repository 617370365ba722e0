package dev.outpost.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.TinyGguf;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.runtime.mqtt.HostileBroker;
import dev.outpost.runtime.update.UpdateGround;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A claimed device starts, serves, keeps its records and stops the same, whatever its broker does. */
class FleetHostileBrokerTest {

    private static final byte[] MODEL = new TinyGguf("a template", 3, 2500).bytes();
    private static final long START_MILLIS = 5_000;
    private static final long STOP_MILLIS = 12_000;

    @TempDir
    Path files;

    private Path claim;

    @BeforeEach
    void claimADeviceThatHasAModel() throws IOException {
        try (var site = new TestSite(files, "")) {
            claim = site.claim("box-1");
        }
        UpdateGround ground = UpdateGround.open(files.resolve("state"), Release.BUILT);
        ground.store().importFile(TinyGguf.source(MODEL), new ModelOrigin.Operator("factory"), Optional.of("factory"),
                bytes -> {});
        ground.pointer().choose(ContentDigest.of(MODEL));
    }

    @ParameterizedTest
    @EnumSource(HostileBroker.Kind.class)
    void withABrokerThatIs(HostileBroker.Kind kind) throws IOException {
        try (var broker = new HostileBroker(kind)) {
            startsServesAndStops(Optional.of("mqtt://127.0.0.1:" + broker.port()));
        }
    }

    @Test
    void withABrokerThatIsGone() {
        startsServesAndStops(Optional.of("mqtt://127.0.0.1:" + Programs.freePort()));
    }

    @Test
    void withABrokerWhoseNameMeansNothing() {
        startsServesAndStops(Optional.of("mqtt://no-such-host.invalid:1883"));
    }

    @Test
    void withoutAnyBroker() {
        startsServesAndStops(Optional.empty());
    }

    private void startsServesAndStops(Optional<String> url) {
        Map<String, String> flags = new HashMap<>(TestDevice.settings(files.resolve("state"), "box-1"));
        flags.put("fleet.claim", claim.toString());
        flags.put("fleet.carriers", "mqtt");
        url.ifPresent(address -> flags.put("link.fleet.url", address));
        long began = System.nanoTime();
        TestDevice device = TestDevice.start(files, flags, Set.of()).orElseThrow();
        try {
            assertTrue(millis(began) < START_MILLIS, "started after ms: " + millis(began));
            assertEquals(Optional.of(ContentDigest.of(MODEL)), device.answers());
            Programs.await(10, "records wait", () -> {
                String metrics = device.wiring.status().get("spool").get("metric");
                return !metrics.startsWith("0 waiting");
            });
            assertEquals(Optional.of(ContentDigest.of(MODEL)), device.answers());
        } finally {
            long closing = System.nanoTime();
            device.close();
            assertTrue(millis(closing) < STOP_MILLIS, "stopped after ms: " + millis(closing));
        }
    }

    private static long millis(long since) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
    }
}
