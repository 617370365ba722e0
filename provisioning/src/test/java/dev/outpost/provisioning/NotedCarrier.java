package dev.outpost.provisioning;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/** A carrier over a folder, in chunks as from a wire, that notes each chunk it received and each block that was taken. */
final class NotedCarrier implements Carrier {

    private static final int CHUNK = 128 << 10;
    private static final long CHUNK_NANOS = 1_000_000;

    private final Path folder;
    private final KillNotes notes;

    NotedCarrier(Path folder, KillNotes notes) {
        this.folder = folder;
        this.notes = notes;
    }

    @Override
    public String name() {
        return "folder";
    }

    @Override
    public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
        try {
            return Files.readAllBytes(folder.resolve(digest.hex()));
        } catch (IOException e) {
            throw new CarrierFailedException("not here", e);
        }
    }

    @Override
    public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
        try (FileChannel file = FileChannel.open(folder.resolve(order.file().hex()))) {
            for (int block : order.wanted()) {
                ByteBuffer content = receive(file, order.blocks().offset(block), order.blocks().length(block));
                BlockSink.Verdict verdict = sink.block(block, content);
                notes.note("TAKEN", order.blocks().digest(block).hex());
                if (verdict == BlockSink.Verdict.STOP) {
                    return;
                }
            }
        } catch (IOException e) {
            throw new CarrierFailedException("not here", e);
        }
    }

    private ByteBuffer receive(FileChannel file, long offset, int length) throws IOException {
        ByteBuffer content = ByteBuffer.allocate(length);
        while (content.position() < length) {
            int from = content.position();
            content.limit(Math.min(length, from + CHUNK));
            while (content.hasRemaining()) {
                file.read(content, offset + content.position());
            }
            LockSupport.parkNanos(CHUNK_NANOS);
            notes.note("BYTES", content.position() - from);
            content.limit(length);
        }
        return content.flip();
    }
}
