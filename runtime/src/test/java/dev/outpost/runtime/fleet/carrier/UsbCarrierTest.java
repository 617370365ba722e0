package dev.outpost.runtime.fleet.carrier;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsbCarrierTest {
    private static final PatternFile FILE = new PatternFile((3 << 20) + 1, 12);

    @TempDir
    Path stick;
    private Path bundle;
    private UsbCarrier carrier;

    @BeforeEach
    void plug() throws IOException {
        bundle = stick.resolve("outpost-bundle");
        for (String directory : List.of("blobs", "lists", "documents")) {
            Files.createDirectories(bundle.resolve(directory));
        }
        carrier = new UsbCarrier(stick);
    }

    @Test
    void bringsBlocksAndDocuments() throws IOException, CarrierFailedException {
        byte[] list = FILE.blocks().encode();
        byte[] envelope = {1, 2, 3};
        Files.write(blob(), content());
        Files.write(bundle.resolve("lists").resolve(ContentDigest.of(list).hex()), list);
        Files.write(bundle.resolve("documents").resolve(ContentDigest.of(envelope).hex()), envelope);
        assertEquals(FILE.all(), fetch(FILE.all()));
        assertEquals(List.of(1, 3), fetch(List.of(1, 3)));
        assertArrayEquals(list, carrier.document(ContentDigest.of(list), list.length));
        assertArrayEquals(envelope, carrier.document(ContentDigest.of(envelope), envelope.length));
    }

    @Test
    void readsBeyondFourGigabytes() throws IOException, CarrierFailedException {
        var huge = new HugeFile(5 << 10);
        long place = (4L << 30) + (7 << 20);
        try (var sparse = new RandomAccessFile(bundle.resolve("blobs").resolve(HugeFile.DIGEST.hex()).toFile(), "rw")) {
            sparse.setLength(huge.blocks().fileBytes());
            sparse.seek(place);
            sparse.writeLong(place);
        }
        carrier.blocks(new BlockOrder(HugeFile.DIGEST, huge.blocks(), List.of(4_103), ChunkRig.unlimited()),
                (block, content) -> {
                    assertEquals(place, content.getLong(0));
                    return BlockSink.Verdict.STOP;
                });
    }

    @Test
    void refusesAnotherLengthAndOtherBytes() throws IOException {
        Files.write(blob(), new byte[100]);
        refused();
        byte[] envelope = {1, 2, 3};
        Files.write(bundle.resolve("documents").resolve(ContentDigest.of(envelope).hex()), new byte[]{1, 2, 4});
        assertThrows(CarrierFailedException.class, () -> carrier.document(ContentDigest.of(envelope), 3));
    }

    @Test
    void followsNoSymbolicLink(@TempDir Path elsewhere) throws IOException {
        Path secret = Files.write(elsewhere.resolve(FILE.digest().hex()), content());
        Files.createSymbolicLink(blob(), secret);
        refused();
        Files.delete(blob());
        Files.delete(bundle.resolve("blobs"));
        Files.createSymbolicLink(bundle.resolve("blobs"), elsewhere);
        refused();
    }

    @Test
    void failsWhereNoStickIs() throws IOException {
        refused();
        carrier = new UsbCarrier(stick.resolve("gone"));
        refused();
        Files.createDirectories(blob());
        carrier = new UsbCarrier(stick);
        refused();
    }

    private void refused() {
        assertThrows(CarrierFailedException.class, () -> fetch(FILE.all()));
    }

    private Path blob() {
        return bundle.resolve("blobs").resolve(FILE.digest().hex());
    }

    private static byte[] content() {
        var content = ByteBuffer.allocate((int) FILE.bytes());
        FILE.read(0, content);
        return content.array();
    }

    private List<Integer> fetch(List<Integer> wanted) throws CarrierFailedException {
        var sink = new ChunkRig.CheckingSink(FILE.blocks());
        carrier.blocks(new BlockOrder(FILE.digest(), FILE.blocks(), wanted, ChunkRig.unlimited()), sink);
        return sink.blocks;
    }
}
