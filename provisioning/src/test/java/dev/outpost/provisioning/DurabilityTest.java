package dev.outpost.provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.activate.ConfigurationShelf;
import dev.outpost.provisioning.identity.FileKey;
import dev.outpost.provisioning.journal.UpdateJournal;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.storage.SimulatedDisk;
import dev.outpost.provisioning.storage.StorageFile;
import dev.outpost.provisioning.storage.Storage;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.TinyGguf;
import dev.outpost.provisioning.verify.TrustState;
import dev.outpost.provisioning.verify.TrustFixture;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** "Durable when it returns", call by call. */
class DurabilityTest {
    private static final ContentDigest ONE = ContentDigest.of(new byte[]{1});
    private static final ContentDigest TWO = ContentDigest.of(new byte[]{2});
    private static final byte[] ROOT = TestFleet.TRUST.firstRoot();

    /** Calls over a disk on which {@link #prepare} ran. */
    private static Map<String, Consumer<SimulatedDisk>> calls() {
        Map<String, Consumer<SimulatedDisk>> calls = new LinkedHashMap<>();
        calls.put("pointer.trial", disk -> ActivePointer.open(disk).trial(TWO));
        calls.put("pointer.choose", disk -> ActivePointer.open(disk).choose(TWO));
        calls.put("pointer.start", disk -> ActivePointer.open(disk).start(digest -> true));
        calls.put("configuration.put", disk -> new ConfigurationShelf(disk)
                .put(new ConfigurationShelf.Configuration(9, new byte[]{9})));
        calls.put("key.make", FileKey::openOrCreate);
        calls.put("trust.install", disk -> TrustState.open(disk, TrustFixture.BUILD).install(ROOT));
        calls.put("trust.useCounter", disk -> TrustState.open(disk, TrustFixture.BUILD).useCounter("claim", 7));
        calls.put("journal.append", disk -> UpdateJournal.open(disk).append(JsonObject.of(Map.of()).with("n", 1)));
        calls.put("offer.keep", disk -> new UpdateOffer(new byte[]{1}, new byte[]{2}).keep(disk));
        calls.put("store.name", disk -> store(disk).name(model(disk), "other"));
        calls.put("store.removeName", disk -> store(disk).removeName("model"));
        calls.put("store.importFile", disk -> store(disk).importFile(TinyGguf.source(TestFleet.NEW),
                new ModelOrigin.Operator("test"), Optional.of("new"), bytes -> {}));
        calls.put("store.adopt", disk -> {
            ModelStore store = store(disk);
            // As another process leaves it: written, not synced.
            try (StorageFile file = disk.open(ModelStore.pulledName(TestFleet.NEW_DIGEST), Storage.Access.WRITE)) {
                file.write(0, ByteBuffer.wrap(TestFleet.NEW));
            }
            store.adopt(TestFleet.NEW_DIGEST, new ModelOrigin.Operator("test"), Optional.of("new"));
        });
        calls.put("store.collect", disk -> {
            store(disk).removeName("model");
            store(disk).collect(Set.of());
        });
        return calls;
    }

    @TestFactory
    Stream<DynamicTest> nothingIsLeftUnsynced() {
        return calls().entrySet().stream().map(call -> DynamicTest.dynamicTest(call.getKey(), () -> {
            SimulatedDisk disk = prepare();
            call.getValue().accept(disk);
            assertEquals(List.of(), disk.unsynced());
        }));
    }

    /** The last of each kind in a call; what a later one repeats is needed for its order, which the crash tests show. */
    @TestFactory
    Stream<DynamicTest> withoutTheLastSyncOfAnyKindSomethingIs() {
        return calls().entrySet().stream().map(call -> DynamicTest.dynamicTest(call.getKey(), () -> {
            SimulatedDisk full = prepare();
            int before = full.syncs().size();
            call.getValue().accept(full);
            Map<String, Integer> last = new LinkedHashMap<>();
            full.effectiveSyncs().stream().filter(sync -> sync >= before)
                    .filter(sync -> !full.syncs().get(sync).startsWith("file:staging"))
                    .forEach(sync -> last.put(full.syncs().get(sync), sync));
            last.forEach((label, sync) -> {
                SimulatedDisk disk = prepare();
                disk.ignoreSyncCall(sync - before);
                call.getValue().accept(disk);
                assertFalse(disk.unsynced().isEmpty(), "nothing misses " + label);
            });
            assertFalse(last.isEmpty());
        }));
    }

    private static SimulatedDisk prepare() {
        SimulatedDisk disk = new SimulatedDisk();
        ActivePointer.open(disk).choose(ONE);
        store(disk).importFile(TinyGguf.source(TestFleet.OLD), new ModelOrigin.Operator("test"), Optional.of("model"),
                bytes -> {});
        new ConfigurationShelf(disk);
        UpdateJournal.open(disk);
        TrustState.open(disk, TrustFixture.BUILD);
        disk.makeDirectory("identity");
        return disk;
    }

    private static ModelStore store(SimulatedDisk disk) {
        return ModelStore.open(disk, TestDevice.SETTINGS);
    }

    private static ContentDigest model(SimulatedDisk disk) {
        return store(disk).named("model").orElseThrow().digest();
    }
}
