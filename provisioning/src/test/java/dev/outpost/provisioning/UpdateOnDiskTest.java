package dev.outpost.provisioning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.storage.SyncGuard;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.StoreSettings;
import dev.outpost.provisioning.store.TinyGguf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same update over a real directory, with processes that end and begin again. */
class UpdateOnDiskTest {
    @TempDir
    Path root;

    @Test
    void survivesProcessesThatEndInTheMiddle() throws IOException {
        TestDevice.World world = new TestDevice.World();
        TestFleet.settle(storage());
        TestCarrier carrier = TestFleet.carrier("mqtt");
        TestDevice device = boot(world, carrier);
        device.machine.offer(TestFleet.SIGNED_FLEET, TestFleet.SIGNED_RELEASE);
        carrier.cutAfter(2);
        assertEquals(UpdateState.STAGING, device.machine.run());
        device = boot(world, carrier);
        assertEquals(UpdateState.TRIAL, device.machine.run());
        device = boot(world, carrier);
        assertEquals(Optional.of(TestFleet.NEW_DIGEST), device.serving);
        assertEquals(Optional.of(UpdateOutcome.ACTIVATED), device.finish().outcome());
        assertEquals(0, carrier.deliveredAgain());
        try (Stream<Path> staged = Files.list(root.resolve("staging"))) {
            assertEquals(List.of(), staged.toList());
        }
        byte[] served = Files.readAllBytes(root.resolve(ModelStore.blobName(TestFleet.NEW_DIGEST)));
        assertEquals(TestFleet.NEW_DIGEST, ContentDigest.of(served));
    }

    @Test
    void shippedBlockSizesCarryAModelOfSeveralMebibytes() {
        byte[] file = new TinyGguf("template", 5, 1_500_000).bytes();
        ModelStore store = ModelStore.open(storage(), new StoreSettings(BlockSizes.STANDARD, 1, 0));
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(file), BlockSizes.STANDARD);
        assertEquals(11, cut.blocks().count(), "one header block, two blocks a tensor");
        store.importFile(TinyGguf.source(file), new ModelOrigin.Operator("test"), Optional.of("m"), bytes -> {});
        assertTrue(store.stillSound(cut.file()));
    }

    private TestDevice boot(TestDevice.World world, TestCarrier carrier) {
        return new TestDevice(storage(), TestFleet.TRUST, world, List.of(carrier));
    }

    private SyncGuard storage() {
        return new SyncGuard(new DirectoryStorage(root));
    }
}
