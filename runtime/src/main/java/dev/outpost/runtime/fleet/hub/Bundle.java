package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.store.BlockList;
import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.hub.database.DesiredRow;
import dev.outpost.runtime.fleet.hub.database.DeviceRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;

/**
 * The same signed content for a stick:
 *
 * <pre>
 * outpost-bundle/desired/{device or group}.json   what it shall run, as the broker would carry it
 * outpost-bundle/documents/HEX                    roots, releases, configurations
 * outpost-bundle/lists/HEX                        block lists, by their own digest
 * outpost-bundle/blobs/HEX                        files, whole
 * outpost-bundle/claims, certificates, receipts   what devices are given and leave behind
 * </pre>
 *
 * A stick may be pulled at any moment: each file is written beside, synced and renamed. One that is there already with the
 * right length is kept; devices check every block in any case.
 */
public final class Bundle {
    /** The one directory of a stick that devices look at. */
    public static final String NAME = "outpost-bundle";
    static final String CLAIMS = "claims";
    static final String CERTIFICATES = "certificates";
    static final String RECEIPTS = "receipts";
    private static final int WINDOW = 1 << 20;

    private final Path to;
    private final Map<String, DesiredRow> desired;
    private final Map<ContentDigest, byte[]> documents;
    private final Map<ContentDigest, byte[]> lists;
    private final Map<ContentDigest, Path> files;

    private Bundle(Path to, Map<String, DesiredRow> desired, Map<ContentDigest, byte[]> documents,
            Map<ContentDigest, byte[]> lists, Map<ContentDigest, Path> files) {
        this.to = to;
        this.desired = desired;
        this.documents = documents;
        this.lists = lists;
        this.files = files;
    }

    /**
     * What was written.
     *
     * @param directory where
     * @param addressees devices and groups it has words for
     * @param files number of files
     * @param bytes their length
     */
    public record Written(Path directory, List<String> addressees, int files, long bytes) {
        /** Copies the names. */
        public Written {
            addressees = List.copyOf(addressees);
        }
    }

    /** Where a bundle lies on a stick: the stick's directory or the bundle's own may be given. */
    public static Path at(Path stick) {
        return stick.toAbsolutePath().normalize().endsWith(NAME) ? stick : stick.resolve(NAME);
    }

    /**
     * Collects what goes on a stick.
     *
     * @param to the stick
     * @param devices for whom; empty: for all
     */
    public static Bundle collect(FleetDirectory directory, FleetDatabase database, Path to, Set<String> devices) {
        Map<String, DesiredRow> desired = new TreeMap<>();
        Map<ContentDigest, byte[]> documents = new TreeMap<>((a, b) -> a.hex().compareTo(b.hex()));
        Map<ContentDigest, byte[]> lists = new TreeMap<>((a, b) -> a.hex().compareTo(b.hex()));
        Map<ContentDigest, Path> files = new TreeMap<>((a, b) -> a.hex().compareTo(b.hex()));
        Set<String> wanted = addressees(database, devices);
        for (DesiredRow row : database.desired().all()) {
            if (!devices.isEmpty() && !wanted.contains(row.addressee().key())) {
                continue;
            }
            desired.put(name(row.addressee()), row);
            for (DesiredRow.Reference reference : row.documents()) {
                documents.put(reference.digest(), database.documents().find(reference.digest())
                        .orElseThrow(() -> missing("document", reference.digest())));
            }
            for (FleetTarget target : DesiredDesk.document(row).targets()) {
                files.put(target.sha256(),
                        directory.file(target.sha256()).orElseThrow(() -> missing("file", target.sha256())));
                byte[] list = directory.blockList(target.sha256())
                        .orElseThrow(() -> missing("block list", target.sha256()));
                lists.put(BlockList.decode(list).digest(), list);
            }
        }
        if (desired.isEmpty()) {
            throw new FleetException(FleetException.Reason.UNKNOWN,
                    "nothing is rolled out to them: devices=" + (devices.isEmpty() ? "all" : devices));
        }
        return new Bundle(at(to), desired, documents, lists, files);
    }

    private static Set<String> addressees(FleetDatabase database, Set<String> devices) {
        Set<String> wanted = new TreeSet<>();
        for (String device : devices) {
            DeviceRow known = database.devices().find(device).orElseThrow(
                    () -> new FleetException(FleetException.Reason.UNKNOWN, "no such device: device=" + device));
            wanted.add(new Addressee.Device(device).key());
            known.groups().forEach(group -> wanted.add(new Addressee.Group(group).key()));
        }
        return wanted;
    }

    private static String name(Addressee addressee) {
        return switch (addressee) {
            case Addressee.Device(String id) -> id;
            case Addressee.Group(String id) -> id;
        };
    }

    /** Bytes of the files, which take the time. */
    public long bytes() {
        return files.values().stream().mapToLong(Bundle::length).sum();
    }

    /**
     * Writes everything; durable when it returns.
     *
     * @param progress told the bytes of files that are on the stick
     */
    public Written write(LongConsumer progress) {
        try {
            for (String directory : List.of("desired", "documents", "lists", "blobs", CLAIMS, CERTIFICATES, RECEIPTS)) {
                Files.createDirectories(to.resolve(directory));
            }
            long done = 0;
            for (Map.Entry<ContentDigest, Path> file : files.entrySet()) {
                copy(file.getValue(), to.resolve("blobs").resolve(file.getKey().hex()), done, progress);
                done += length(file.getValue());
                progress.accept(done);
            }
            write("lists", lists);
            write("documents", documents);
            // What names the rest comes last: a stick pulled out too early says nothing that it does not hold.
            for (Map.Entry<String, DesiredRow> word : desired.entrySet()) {
                put(to.resolve("desired").resolve(word.getKey() + ".json"), DesiredDesk.wire(word.getValue()));
            }
            return new Written(to, List.copyOf(desired.keySet()), files.size(), done);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(String directory, Map<ContentDigest, byte[]> contents) throws IOException {
        for (Map.Entry<ContentDigest, byte[]> entry : contents.entrySet()) {
            put(to.resolve(directory).resolve(entry.getKey().hex()), entry.getValue());
        }
    }

    /** Replaces a small file. */
    static void put(Path file, byte[] content) throws IOException {
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel out = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.TRUNCATE_EXISTING)) {
            ByteBuffer left = ByteBuffer.wrap(content);
            while (left.hasRemaining()) {
                out.write(left);
            }
            out.force(true);
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(Path from, Path file, long before, LongConsumer progress) throws IOException {
        long bytes = length(from);
        if (Files.isRegularFile(file) && Files.size(file) == bytes) {
            return;
        }
        Path beside = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
                FileChannel out = FileChannel.open(beside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING)) {
            long at = 0;
            while (at < bytes) {
                at += in.transferTo(at, WINDOW, out);
                progress.accept(before + at);
            }
            out.force(true);
        }
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static long length(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FleetException missing(String what, ContentDigest digest) {
        return new FleetException(FleetException.Reason.UNKNOWN,
                what + " is not in this directory: digest=" + digest.hex());
    }
}
