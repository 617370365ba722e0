package dev.outpost.runtime.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;

/**
 * A directory in memory that tells synced from unsynced state and loses power on command: before the n-th operation,
 * keeping of each file a random prefix of what was not synced (torn at any byte, or garbled), and of names that were
 * not synced a random subset.
 */
final class CrashFiles implements JournalFiles {

    /** Promises a broken disk or a careless author would not keep: the negative controls. */
    enum Ignored {
        FILE_SYNC, DIRECTORY_SYNC
    }

    /** Power went: nothing more reaches the disk. */
    static final class PowerCut extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Content {
        byte[] bytes = {};
        byte[] synced = {};
    }

    private final TreeMap<String, Content> names = new TreeMap<>();
    private final TreeMap<String, Content> syncedNames = new TreeMap<>();
    private final Set<Ignored> ignored = EnumSet.noneOf(Ignored.class);
    private int operations;
    private int cutBefore = Integer.MAX_VALUE;
    private int failAt = Integer.MAX_VALUE;

    CrashFiles ignore(Ignored promise) {
        ignored.add(promise);
        return this;
    }

    CrashFiles cutBefore(int operation) {
        cutBefore = operation;
        return this;
    }

    /** The operation with this number, and no other, fails as a full disk does. */
    CrashFiles failAt(int operation) {
        failAt = operation;
        return this;
    }

    int operations() {
        return operations;
    }

    /** The disk as the next start finds it. */
    CrashFiles afterCrash(Random random) {
        var disk = new CrashFiles();
        disk.ignored.addAll(ignored);
        var kept = new TreeMap<>(syncedNames);
        names.forEach((name, content) -> {
            if (random.nextBoolean()) {
                kept.put(name, content);
            }
        });
        syncedNames.keySet().stream().filter(name -> !names.containsKey(name) && random.nextBoolean())
                .forEach(kept::remove);
        kept.forEach((name, content) -> {
            var survivor = new Content();
            survivor.bytes = survive(content, random);
            survivor.synced = survivor.bytes;
            disk.names.put(name, survivor);
            disk.syncedNames.put(name, survivor);
        });
        return disk;
    }

    private static byte[] survive(Content content, Random random) {
        if (Arrays.equals(content.bytes, content.synced)) {
            return content.synced.clone();
        }
        int most = Math.max(content.bytes.length, content.synced.length);
        int length = random.nextInt(most + 1);
        boolean grew = content.bytes.length >= content.synced.length
                && Arrays.equals(content.synced, Arrays.copyOf(content.bytes, content.synced.length));
        if (grew) {
            length = Math.max(length, content.synced.length);
            var torn = Arrays.copyOf(content.bytes, length);
            if (length > content.synced.length && random.nextInt(4) == 0) {
                Arrays.fill(torn, content.synced.length + random.nextInt(length - content.synced.length), length,
                        (byte) 0);
            }
            return torn;
        }
        var mixed = content.synced.clone();
        System.arraycopy(content.bytes, 0, mixed, 0, Math.min(length, Math.min(mixed.length, content.bytes.length)));
        return mixed;
    }

    @Override
    public List<String> names() {
        return List.copyOf(names.keySet());
    }

    @Override
    public long size(String name) {
        return names.get(name).bytes.length;
    }

    @Override
    public void read(String name, long offset, ByteBuffer target) {
        var bytes = names.get(name).bytes;
        int length = Math.min(target.remaining(), Math.max(0, bytes.length - (int) offset));
        target.put(bytes, (int) Math.min(offset, bytes.length), length);
    }

    @Override
    public void create(String name) throws IOException {
        step();
        if (names.putIfAbsent(name, new Content()) != null) {
            throw new IOException("exists: " + name);
        }
    }

    @Override
    public void append(String name, ByteBuffer source) throws IOException {
        var content = names.get(name);
        int before = content.bytes.length;
        content.bytes = Arrays.copyOf(content.bytes, before + source.remaining());
        source.get(content.bytes, before, source.remaining());
        step();
    }

    @Override
    public void write(String name, ByteBuffer source) throws IOException {
        var content = names.computeIfAbsent(name, absent -> new Content());
        content.bytes = Arrays.copyOf(content.bytes, Math.max(content.bytes.length, source.remaining()));
        source.get(content.bytes, 0, source.remaining());
        step();
        sync(name);
    }

    @Override
    public void sync(String name) throws IOException {
        step();
        if (!ignored.contains(Ignored.FILE_SYNC)) {
            names.get(name).synced = names.get(name).bytes.clone();
        }
    }

    @Override
    public void syncDirectory() throws IOException {
        step();
        if (!ignored.contains(Ignored.DIRECTORY_SYNC)) {
            syncedNames.clear();
            syncedNames.putAll(names);
        }
    }

    @Override
    public void truncate(String name, long size) throws IOException {
        step();
        var content = names.get(name);
        content.bytes = Arrays.copyOf(content.bytes, (int) size);
    }

    @Override
    public void delete(String name) throws IOException {
        step();
        names.remove(name);
    }

    private void step() throws IOException {
        if (operations >= cutBefore) {
            throw new PowerCut();
        }
        if (operations++ == failAt) {
            throw new IOException("no space left on device");
        }
    }
}
