package dev.outpost.runtime.fleet.carrier;

import dev.outpost.provisioning.stage.BlockOrder;
import dev.outpost.provisioning.stage.BlockSink;
import dev.outpost.provisioning.stage.Carrier;
import dev.outpost.provisioning.stage.CarrierFailedException;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.BlockSizes;
import dev.outpost.provisioning.store.ContentDigest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;

/**
 * Blocks and documents from a stick: {@code outpost-bundle/blobs/HEX} whole files, {@code lists/HEX} block lists and
 * {@code documents/HEX} other documents. Read only, nothing is run, no symbolic link is followed below the mount point, and
 * a file of another length than the signed one is not read. The bandwidth limit does not apply. One thread.
 */
public final class UsbCarrier implements Carrier {
    /** The one directory of a stick that is looked at. */
    public static final String BUNDLE = "outpost-bundle";

    private final Path bundle;

    /** @param mount where the stick is mounted; may be empty or gone */
    public UsbCarrier(Path mount) {
        this.bundle = mount.resolve(BUNDLE);
    }

    @Override
    public String name() {
        return "usb";
    }

    @Override
    public byte[] document(ContentDigest digest, int bytes) throws CarrierFailedException {
        CarrierFailedException last = null;
        for (String directory : List.of("lists", "documents")) {
            try (var file = open(directory, digest, bytes)) {
                var content = ByteBuffer.allocate(bytes);
                fill(file, 0, content);
                return Fetched.document(content.array(), digest);
            } catch (IOException e) {
                last = failed(digest, e);
            }
        }
        throw last;
    }

    @Override
    public void blocks(BlockOrder order, BlockSink sink) throws CarrierFailedException {
        BlockList blocks = order.blocks();
        try (var file = open("blobs", order.file(), blocks.fileBytes())) {
            var content = ByteBuffer.allocate(BlockSizes.LIMIT);
            for (int block : order.wanted()) {
                fill(file, blocks.offset(block), content.clear().limit(blocks.length(block)));
                if (sink.block(block, content.flip()) == BlockSink.Verdict.STOP) {
                    return;
                }
            }
        } catch (IOException e) {
            throw failed(order.file(), e);
        }
    }

    private FileChannel open(String directory, ContentDigest digest, long bytes) throws IOException {
        Path folder = bundle.resolve(directory);
        for (Path each : List.of(bundle, folder)) {
            if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
                throw new IOException("no such directory on the stick: name=" + each.getFileName());
            }
        }
        Path path = folder.resolve(digest.hex());
        var attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (!attributes.isRegularFile() || attributes.size() != bytes) {
            throw new IOException("not a file of the signed length: expected=" + bytes + ", found="
                    + attributes.size());
        }
        return FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    }

    private static void fill(FileChannel file, long position, ByteBuffer target) throws IOException {
        int start = target.position();
        while (target.hasRemaining()) {
            if (file.read(target, position + target.position() - start) < 0) {
                throw new IOException("file ends too early: position=" + (position + target.position() - start));
            }
        }
    }

    private static CarrierFailedException failed(ContentDigest digest, IOException cause) {
        return new CarrierFailedException("stick gives nothing: digest=" + digest.brief() + ": "
                + cause.getClass().getSimpleName() + " " + cause.getMessage(), cause);
    }
}
