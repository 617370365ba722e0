package dev.outpost.provisioning.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.outpost.provisioning.failure.Refusal;
import dev.outpost.provisioning.failure.RefusedException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockListTest {
    private static final BlockSizes SMALL = new BlockSizes(256, 1024);

    @Test
    void coversTheFileWithoutGapsAndStartsABlockAtEveryTensor() {
        byte[] file = new TinyGguf("template", 5, 3000).bytes();
        BlockList blocks = BlockList.cut(TinyGguf.source(file), SMALL).blocks();
        GgufLayout layout = GgufLayout.scan(TinyGguf.source(file)).orElseThrow();
        Set<Long> starts = new HashSet<>();
        long at = 0;
        for (int i = 0; i < blocks.count(); i++) {
            assertEquals(at, blocks.offset(i));
            assertTrue(blocks.length(i) <= (blocks.offset(i) < layout.dataStart() ? 256 : 1024));
            assertTrue(blocks.matches(i, ByteBuffer.wrap(file, (int) at, blocks.length(i))));
            starts.add(at);
            at += blocks.length(i);
        }
        assertEquals(file.length, at);
        for (long tensor : layout.tensorStarts()) {
            assertTrue(starts.contains(tensor), "no block starts at tensor offset " + tensor);
        }
    }

    @Test
    void longerTemplateChangesOnlyHeaderBlocks() {
        TinyGguf model = new TinyGguf("short", 12, 20_000);
        BlockList before = BlockList.cut(TinyGguf.source(model.bytes()), SMALL).blocks();
        BlockList after = BlockList.cut(TinyGguf.source(model.withTemplate("x".repeat(777)).bytes()), SMALL).blocks();
        Set<ContentDigest> held = new HashSet<>();
        for (int i = 0; i < before.count(); i++) {
            held.add(before.digest(i));
        }
        long fetched = 0;
        for (int i = 0; i < after.count(); i++) {
            fetched += held.contains(after.digest(i)) ? 0 : after.length(i);
        }
        assertTrue(fetched * 100 <= 2 * after.fileBytes(), "fetched=" + fetched + " of " + after.fileBytes());
    }

    @Test
    void cutsOtherFilesEveryMebibyteFromTheirStart() {
        byte[] file = new byte[(2 << 20) + 5];
        new Random(1).nextBytes(file);
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(file), BlockSizes.STANDARD);
        assertEquals(3, cut.blocks().count());
        assertEquals(1 << 20, cut.blocks().length(0));
        assertEquals(5, cut.blocks().length(2));
        assertEquals(ContentDigest.of(file), cut.file());
    }

    @Test
    void survivesEncodingAndKeepsItsDigest() {
        BlockList blocks = BlockList.cut(TinyGguf.source(new TinyGguf("t", 3, 5000).bytes()), SMALL).blocks();
        BlockList read = BlockList.decode(blocks.encode());
        assertArrayEquals(blocks.encode(), read.encode());
        assertEquals(blocks.digest(), read.digest());
    }

    @Test
    void refusesEncodedListsThatDoNotAddUp() {
        byte[] good = BlockList.cut(TinyGguf.source(new byte[3000]), SMALL).blocks().encode();
        refused(good.length - 1, good, -1, 0);
        refused(good.length, good, 4, 9_000_000); // count
        refused(good.length, good, 8, 2999); // file bytes
        refused(good.length, good, 16, 0); // length of the first block
        refused(good.length, good, 16, (1 << 20) + 1);
        refused(good.length, good, 0, 7); // magic
    }

    @Test
    void emptyFileHasNoBlocks() {
        BlockList.Cut cut = BlockList.cut(TinyGguf.source(new byte[0]), SMALL);
        assertEquals(0, cut.blocks().count());
        assertEquals(0, BlockList.decode(cut.blocks().encode()).fileBytes());
        assertFalse(GgufLayout.scan(TinyGguf.source(new byte[0])).isPresent());
    }

    private static void refused(int length, byte[] good, int at, int value) {
        byte[] bad = Arrays.copyOf(good, length);
        if (at >= 0) {
            ByteBuffer.wrap(bad).order(ByteOrder.LITTLE_ENDIAN).putInt(at, value);
        }
        RefusedException refused = assertThrows(RefusedException.class, () -> BlockList.decode(bad));
        assertEquals(Refusal.BLOCK_LIST_MISMATCH, refused.code());
    }
}
