package dev.outpost.runtime.fleet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.TestCarrier;
import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.identity.CertificatePair;
import dev.outpost.provisioning.identity.FileKey;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.GateLimits;
import dev.outpost.provisioning.manifest.GoldenQuestion;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.provisioning.manifest.Version;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.TinyGguf;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.runtime.Programs;
import dev.outpost.runtime.Trials;
import dev.outpost.runtime.fleet.AgentFacts;
import dev.outpost.runtime.fleet.SharedLink;
import dev.outpost.runtime.fleet.SimulatedDevice;
import dev.outpost.runtime.mqtt.EmbeddedBroker;
import dev.outpost.runtime.mqtt.LinkStatus;
import dev.outpost.runtime.mqtt.MqttGateway;
import dev.outpost.runtime.mqtt.MqttPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.IntPredicate;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Many devices in one process, the real hub and a real broker between them: 1 % of the devices, then 10 %, then all. 300
 * devices here, 1,000 with {@code -Doutpost.trials=full}.
 */
class SimulatedFleetTest {

    private static final int DEVICES = Trials.full() ? 1_000 : 300;
    private static final int LINKS = 3;
    private static final List<Integer> WAVES = List.of(100, 1_000, 10_000);
    private static final byte[] OLD = new TinyGguf("old", 2, 400).bytes();
    private static final byte[] NEW = new TinyGguf("the new one", 2, 400).withOtherTensor(1, 5).bytes();
    private static final ContentDigest NEW_DIGEST = ContentDigest.of(NEW);
    private static final BlockList BLOCKS = BlockList.cut(TinyGguf.source(NEW), BlockSizes.STANDARD).blocks();

    @TempDir
    Path root;

    private final List<SimulatedDevice> devices = new ArrayList<>();
    private final List<MqttGateway> gateways = new ArrayList<>();
    private final ExecutorService pool = Executors.newFixedThreadPool(2);
    private EmbeddedBroker broker;
    private HubRig rig;
    private Hub hub;
    private RolloutDesk rollouts;
    private ReleaseBook.Signed release;

    @BeforeEach
    void hubAndBroker() throws IOException {
        broker = new EmbeddedBroker(Files.createDirectories(root.resolve("broker")));
        rig = new HubRig(root.resolve("fleet"), "");
        var keys = FleetKeys.in(List.of(rig.directory.keys(), rig.path.resolve("offline")), Optional.empty());
        rollouts = new RolloutDesk(rig.directory, keys, rig.database);
        var desk = new ReleaseDesk(rig.directory, keys, rig.database);
        var stored = desk.bring(Files.write(root.resolve("new.gguf"), NEW), "press-assistant", bytes -> {},
                bytes -> {});
        release = desk.sign(stored, new ReleaseDesk.Wish(TargetKind.MODEL, "press-assistant", OptionalLong.empty(),
                "Press assistant", "Q4_0", 1 << 20, new Version(0, 1, 0), List.of(), "Apache-2.0",
                List.of(new GoldenQuestion("2 + 2 = ?", "4", 8)), new GateLimits(1, 0, 1), new TreeMap<>(),
                Duration.ofDays(1)), Instant.now());
        var times = HubSettings.DEFAULT.withTimes(Duration.ofMillis(200), Duration.ofSeconds(5), Duration.ofSeconds(5),
                Duration.ofSeconds(5));
        hub = new Hub(rig.directory, keys, rig.database, link("hub"), times,
                List.of(() -> rollouts.poll(Instant.now())), InstantSource.system());
    }

    @AfterEach
    void end() {
        pool.shutdownNow();
        hub.close();
        gateways.forEach(MqttGateway::close);
        broker.close();
        rig.close();
    }

    @Test
    void followsTheWavesToTheEnd() {
        enrolled(nth -> true);
        long since = System.nanoTime();
        begin();
        Programs.await(120, "finished: " + rollouts.all(), () -> state() == Rollout.State.FINISHED);
        Programs.await(60, "all are active", () -> devices.stream().allMatch(SimulatedFleetTest::hasNew));
        for (var device : devices) {
            int number = device.number(release.payload());
            int wave = WAVES.stream().filter(limit -> number < limit).findFirst().orElseThrow();
            assertEquals(wave, device.begunAt(), device.name() + " has number " + number);
        }
        row("all good", since);
    }

    @Test
    void stopsByItselfWhenTooManyOfAWaveFailAndTouchesNoLaterWave() {
        enrolled(nth -> nth % 8 != 0);
        long since = System.nanoTime();
        begin();
        Programs.await(120, "stopped: " + rollouts.all(), () -> state() == Rollout.State.STOPPED);
        var stopped = rollouts.all().getFirst();
        assertEquals(1_000, stopped.waves().get(stopped.wave()), "the second wave is the one that fails");
        drained();
        long begun = 0;
        for (var device : devices) {
            boolean inWave = device.number(release.payload()) < 1_000;
            begun += device.begunAt() > 0 ? 1 : 0;
            assertTrue(inWave || device.begunAt() == 0 && !hasNew(device), device.name() + " is of a later wave");
            assertEquals(device.begunAt() > 0 && device.answersWell(), hasNew(device), () -> device.name()
                    + " passes its gate with a model that answers well: " + device.report());
        }
        assertTrue(begun > 0 && begun < devices.size() / 5, "begun=" + begun);
        row("an eighth of the second wave answers wrongly", since);
    }

    /** @param well which devices of the second wave answer well, counted from 0 */
    private void enrolled(IntPredicate well) {
        SimulatedDisk settled = settled();
        var carrier = new TestCarrier("memory").offers(NEW, BLOCKS);
        var authority = CertificateAuthority.open(rig.directory);
        List<SharedLink> links = new ArrayList<>();
        for (int i = 0; i < LINKS; i++) {
            links.add(new SharedLink(link("devices-" + i)));
        }
        Map<ContentDigest, byte[]> documents = Map.of(release.row().envelope(),
                rig.database.documents().find(release.row().envelope()).orElseThrow());
        int beyond = 0;
        for (int i = 0; i < DEVICES; i++) {
            String name = "box-" + i;
            rig.register(name, "presses");
            SimulatedDisk disk = settled.afterKill();
            FileKey key = FileKey.openOrCreate(disk);
            var pair = new CertificatePair(key, List.of(authority.issueDevice(name, key.publicKey(), Instant.now()),
                    authority.certificate()));
            var facts = new AgentFacts(HubRig.SITE, name, Set.of("presses"), "pi", new Version(0, 1, 0), "25", i,
                    List.of(authority.pin()));
            int number = RolloutRule.number(name, release.payload());
            boolean second = number >= WAVES.get(0) && number < WAVES.get(1);
            beyond += second ? 1 : 0;
            devices.add(new SimulatedDevice(new SimulatedDevice.Parts(facts, disk,
                    TrustState.open(disk, SimulatedDevice.built()), pair, links.get(i % LINKS), carrier,
                    documents::get, pool, !second || well.test(beyond - 1))));
        }
        devices.forEach(SimulatedDevice::begin);
        for (var link : links) {
            Programs.await(30, "connected", () -> link.status().state() == LinkStatus.State.CONNECTED);
        }
    }

    private SimulatedDisk settled() {
        var disk = new SimulatedDisk();
        ModelStore.open(disk, SimulatedDevice.STORE).importFile(TinyGguf.source(OLD),
                new ModelOrigin.Operator("factory"), Optional.of("factory"), bytes -> {});
        ActivePointer.open(disk).choose(ContentDigest.of(OLD));
        TrustState.open(disk, SimulatedDevice.built()).install(rig.directory.roots().getFirst());
        return disk;
    }

    private void begin() {
        rollouts.begin(new Addressee.Group("presses"), release, new RolloutDesk.Wish(WAVES, true, 20, 0, 0, 1440, 0,
                false, "any"), Instant.now());
    }

    private Rollout.State state() {
        return rollouts.all().getFirst().state();
    }

    private static boolean hasNew(SimulatedDevice device) {
        return device.active().equals(Optional.of(NEW_DIGEST));
    }

    /** Waits until the devices have done all that they were told. */
    private void drained() {
        Programs.await(60, "nobody works", () -> devices.stream().allMatch(device -> switch (device.report().state()) {
            case IDLE, DEFERRED, ACTIVATED, REFUSED, ROLLED_BACK -> true;
            default -> false;
        }));
    }

    private MqttPort link(String client) {
        var gateway = new MqttGateway(List.of(HubRig.settings(broker.port(), client).withDeadlines(
                Duration.ofSeconds(10), Duration.ofSeconds(10), Duration.ofSeconds(10))),
                RandomGenerator.getDefault());
        gateways.add(gateway);
        gateway.start();
        return gateway.link("fleet").orElseThrow();
    }

    private void row(String story, long since) {
        int[] members = new int[WAVES.size()];
        int[] active = new int[WAVES.size()];
        for (var device : devices) {
            int wave = 0;
            while (device.number(release.payload()) >= WAVES.get(wave)) {
                wave++;
            }
            members[wave]++;
            active[wave] += hasNew(device) ? 1 : 0;
        }
        long back = devices.stream().filter(device -> device.begunAt() > 0 && !hasNew(device)).count();
        Trials.row("simulated-fleet",
                "| story | devices | first wave: in it, active | second | third | rolled back | ended"
                        + " | seconds |",
                story, devices.size(), members[0] + ", " + active[0], members[1] + ", " + active[1],
                members[2] + ", " + active[2], back, state().word(), (System.nanoTime() - since) / 1_000_000_000L);
    }
}
