package dev.outpost.runtime.fleet;

import dev.outpost.provisioning.store.ContentDigest;
import dev.outpost.runtime.fleet.carrier.UsbCarrier;
import dev.outpost.runtime.fleet.wire.Desired;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what a stick says that this device and its groups shall run, {@code outpost-bundle/desired/NAME.json}, and leaves
 * receipts beside it. Nothing on a stick is run, no symbolic link is followed, and nothing on it is believed: what it says
 * goes the way of what a broker says. The agent's thread.
 */
final class StickWatch {
    private static final Logger LOG = System.getLogger(StickWatch.class.getName());
    private static final String DESIRED = "desired";
    private static final String RECEIPTS = "receipts";

    private final Path bundle;
    private final List<String> names;
    private final Map<String, ContentDigest> seen = new HashMap<>();

    /** @param mount where a stick appears; it need not be there */
    StickWatch(Path mount, AgentFacts facts) {
        this.bundle = mount.resolve(UsbCarrier.BUNDLE);
        this.names = new ArrayList<>(List.of(facts.device()));
        names.addAll(facts.groups());
    }

    /** What the stick says and has not said before; a stick that left and came back says it again. */
    Map<String, byte[]> news() {
        Map<String, byte[]> news = new HashMap<>();
        if (!Files.isDirectory(bundle, LinkOption.NOFOLLOW_LINKS)) {
            seen.clear();
            return news;
        }
        for (String name : names) {
            Path file = bundle.resolve(DESIRED).resolve(name + ".json");
            if (inside(bundle.resolve(DESIRED)) && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
                read(name, file, news);
            }
        }
        return news;
    }

    /** Leaves a receipt; a stick that cannot be written is no fault. */
    void leave(String name, byte[] receipt) {
        Path directory = bundle.resolve(RECEIPTS);
        if (!inside(directory)) {
            return;
        }
        try {
            Path temporary = Files.createTempFile(directory, name, ".tmp");
            try (var channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(receipt));
                channel.force(true);
            }
            Files.move(temporary, directory.resolve(name + ".json"), StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "no receipt on the stick: {0}", e.toString());
        }
    }

    private void read(String name, Path file, Map<String, byte[]> news) {
        try (var in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
            byte[] content = in.readNBytes(Desired.MAX_BYTES + 1);
            ContentDigest digest = ContentDigest.of(content);
            if (!digest.equals(seen.put(name, digest))) {
                news.put(name, content);
            }
        } catch (IOException e) {
            LOG.log(Level.INFO, "stick cannot be read: file={0}, {1}", file.getFileName(), e.toString());
        }
    }

    private static boolean inside(Path directory) {
        return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS);
    }
}
