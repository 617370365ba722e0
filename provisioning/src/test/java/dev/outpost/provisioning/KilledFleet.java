package dev.outpost.provisioning;

import dev.outpost.provisioning.activate.ActivePointer;
import dev.outpost.provisioning.manifest.FileNeed;
import dev.outpost.provisioning.manifest.ReleaseManifest;
import dev.outpost.provisioning.storage.DirectoryStorage;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.provisioning.store.ModelOrigin;
import dev.outpost.provisioning.store.ModelStore;
import dev.outpost.provisioning.store.TinyGguf;
import dev.outpost.provisioning.verify.TrustFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What is on offer to devices that are killed: a signed release of about 8 MiB, a quarter of it present already. */
final class KilledFleet {

    private static final int TENSORS = 8;
    private static final int TENSOR_BYTES = 1_000_000;

    final Path folder;
    final ContentDigest digest;
    final long bytes;
    /** Bytes of blocks that no device has yet. */
    final long wantedBytes;
    private final Path settled;

    KilledFleet(Path root) throws IOException {
        this.folder = Files.createDirectories(root.resolve("fleet"));
        this.settled = root.resolve("settled");
        byte[] old = new TinyGguf("old template", TENSORS, TENSOR_BYTES).bytes();
        TinyGguf changed = new TinyGguf("a new template", TENSORS, TENSOR_BYTES);
        for (int tensor = 0; tensor < TENSORS * 3 / 4; tensor++) {
            changed = changed.withOtherTensor(tensor, 100 + tensor);
        }
        byte[] file = changed.bytes();
        BlockList blocks = BlockList.cut(TinyGguf.source(file), BlockSizes.STANDARD).blocks();
        this.digest = ContentDigest.of(file);
        this.bytes = file.length;
        this.wantedBytes = wanted(blocks, BlockList.cut(TinyGguf.source(old), BlockSizes.STANDARD).blocks());
        Files.write(folder.resolve(digest.hex()), file);
        Files.write(folder.resolve(blocks.digest().hex()), blocks.encode());
        ReleaseManifest release = TrustFixture.release(2, new FileNeed(digest, file.length, blocks.digest(),
                blocks.encode().length, digest, 1000, file.length));
        Files.write(folder.resolve("release"), TestFleet.sign(release));
        Files.write(folder.resolve("fleet"), TestFleet.sign(TrustFixture.fleet(1, release)));
        settle(old);
    }

    /** A fresh device that serves the old model. */
    Path device(Path to) throws IOException {
        try (var files = Files.walk(settled)) {
            for (Path file : files.toList()) {
                Path target = to.resolve("state").resolve(settled.relativize(file));
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        return to;
    }

    private void settle(byte[] old) {
        DirectoryStorage storage = new DirectoryStorage(settled);
        ModelStore store = ModelStore.open(storage, KilledDevice.STORE);
        store.importFile(TinyGguf.source(old), new ModelOrigin.Operator("factory"), Optional.of("factory"), b -> {});
        ActivePointer.open(storage).choose(ContentDigest.of(old));
        TestFleet.TRUST.install(storage);
    }

    private static long wanted(BlockList blocks, BlockList present) {
        Set<ContentDigest> here = new HashSet<>();
        for (int block = 0; block < present.count(); block++) {
            here.add(present.digest(block));
        }
        long wanted = 0;
        for (int block = 0; block < blocks.count(); block++) {
            wanted += here.contains(blocks.digest(block)) ? 0 : blocks.length(block);
        }
        return wanted;
    }
}
