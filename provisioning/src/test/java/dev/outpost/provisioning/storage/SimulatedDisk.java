package dev.outpost.provisioning.storage;

import dev.outpost.provisioning.failure.StorageFaultException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * A disk in memory that keeps what was synced apart from what was only written, and can stop at any operation.
 *
 * <p>Content: each file has its durable bytes and the writes since its last sync. Names: each directory has its durable
 * names and the changes since its last sync. {@link #afterPowerCut} builds the disk a machine would find again: of the
 * unsynced writes a random part survives, the last ones torn at 512 B or 4 KiB; of each directory's unsynced changes a
 * prefix survives, a rename's removal never without its addition unless the source directory alone was synced.
 */
public final class SimulatedDisk implements Storage {
    /** The power went; the process is gone. Not an exception of ours, so that nothing catches it. */
    public static final class PowerCut extends Error {
        /** @param operation what did not happen any more */
        public PowerCut(String operation) {
            super("power cut before " + operation, null, false, false);
        }
    }

    private static final int NEVER = Integer.MAX_VALUE;

    private final Map<String, SimulatedInode> names = new TreeMap<>();
    private final Map<String, SimulatedInode> durableNames = new TreeMap<>();
    private final List<NameChange> nameChanges = new ArrayList<>();
    private final List<String> syncs = new ArrayList<>();
    private Predicate<String> ignoredSyncs = sync -> false;
    private final List<Integer> effectiveSyncs = new ArrayList<>();
    private int ignoredCall = -1;
    private int operations;
    private int cutAt = NEVER;
    private int failAt = NEVER;
    private long capacity = 1L << 40;

    private record NameChange(String directory, String name, SimulatedInode inode, boolean partOfRename,
            int operation) {}

    /** Operations so far: every write, resize, sync, rename, delete and creation counts one. */
    public int operations() {
        return operations;
    }

    /** The power goes right before the n-th operation from now (0 = the next). */
    public void cutPowerAfter(int count) {
        cutAt = operations + count;
    }

    /** The n-th operation from now fails once with an error of the device. */
    public void failAfter(int count) {
        failAt = operations + count;
    }

    /** Bytes the disk holds in all. */
    public void capacity(long bytes) {
        capacity = bytes;
    }

    /** Syncs whose label matches report success and do nothing: the negative control. */
    public void ignoreSyncs(Predicate<String> labels) {
        ignoredSyncs = labels;
    }

    /** The n-th sync from now (0 = the next) reports success and does nothing. */
    public void ignoreSyncCall(int count) {
        ignoredCall = syncs.size() + count;
    }

    /** Labels of all syncs asked for so far: {@code file:NAME} and {@code directory:NAME}, digests written as HEX. */
    public List<String> syncs() {
        return List.copyOf(syncs);
    }

    /** Positions in {@link #syncs} of those that had something to make durable. */
    public List<Integer> effectiveSyncs() {
        return List.copyOf(effectiveSyncs);
    }

    /** What would be lost if the power went now; empty when every name and byte is durable. */
    public List<String> unsynced() {
        List<String> lost = new ArrayList<>();
        nameChanges.forEach(change -> lost.add("name " + change.name()));
        names.forEach((name, inode) -> {
            if (inode.unsynced()) {
                lost.add("content " + name);
            }
        });
        return lost;
    }

    /** Flips one bit of a file, in the page cache and on the disk. */
    public void flipBit(String name, long at, int bit) {
        find(name).flip(at, bit);
    }

    /** The disk as the next process finds it when only the process died: all that was written is there. */
    public SimulatedDisk afterKill() {
        SimulatedDisk disk = new SimulatedDisk();
        disk.capacity = capacity;
        Map<SimulatedInode, SimulatedInode> copies = new HashMap<>();
        names.forEach((name, inode) -> disk.names.put(name, copies.computeIfAbsent(inode, SimulatedInode::copy)));
        durableNames.forEach(
                (name, inode) -> disk.durableNames.put(name, copies.computeIfAbsent(inode, SimulatedInode::copy)));
        for (NameChange change : nameChanges) {
            disk.nameChanges.add(new NameChange(change.directory(), change.name(),
                    change.inode() == null ? null : copies.computeIfAbsent(change.inode(), SimulatedInode::copy),
                    change.partOfRename(), change.operation()));
        }
        return disk;
    }

    /** The disk as the machine finds it when the power went; the seed chooses what of the unsynced state survived. */
    public SimulatedDisk afterPowerCut(long seed) {
        // Neighbouring seeds give java.util.Random nearly equal first numbers: spread them.
        Random random = new Random((seed + 1) * 0x9E3779B97F4A7C15L);
        Map<String, SimulatedInode> found = new TreeMap<>(durableNames);
        Map<String, Integer> surviving = new HashMap<>();
        Map<Integer, Boolean> renamesDone = new HashMap<>();
        for (NameChange change : nameChanges) {
            surviving.computeIfAbsent(change.directory(), directory -> random.nextInt(nameChanges.size() + 1));
        }
        for (NameChange change : nameChanges) {
            int left = surviving.merge(change.directory(), -1, Integer::sum) + 1;
            boolean removal = change.inode() == null;
            boolean allowed = left > 0 && !(removal && change.partOfRename()
                    && Boolean.FALSE.equals(renamesDone.get(change.operation())));
            if (!allowed) {
                surviving.put(change.directory(), 0);
            } else if (removal) {
                found.remove(change.name());
            } else {
                found.put(change.name(), change.inode());
            }
            if (!removal && change.partOfRename()) {
                renamesDone.put(change.operation(), allowed);
            }
        }
        SimulatedDisk disk = new SimulatedDisk();
        disk.capacity = capacity;
        Map<SimulatedInode, SimulatedInode> copies = new HashMap<>();
        found.forEach((name, inode) -> {
            String parent = Storage.parent(name);
            if (parent.isEmpty() || found.containsKey(parent)) {
                disk.names.put(name, copies.computeIfAbsent(inode, old -> old.afterPowerCut(random)));
            }
        });
        disk.durableNames.putAll(disk.names);
        return disk;
    }

    @Override
    public boolean exists(String name) {
        return names.containsKey(name);
    }

    @Override
    public List<String> list(String directory) {
        String prefix = directory + "/";
        return names.keySet().stream().filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length())).filter(name -> name.indexOf('/') < 0).toList();
    }

    @Override
    public void makeDirectory(String name) {
        if (name.isEmpty() || names.containsKey(name)) {
            return;
        }
        makeDirectory(Storage.parent(name));
        operation("create directory " + name);
        put(name, new SimulatedInode(true), false);
        syncDirectory(Storage.parent(name));
    }

    @Override
    public StorageFile open(String name, Access access) {
        if (access == Access.WRITE && !names.containsKey(name)) {
            operation("create " + name);
            require(Storage.parent(name));
            put(name, new SimulatedInode(false), false);
        }
        return new OpenFile(name, find(name));
    }

    @Override
    public void rename(String from, String to) {
        operation("rename " + from);
        SimulatedInode inode = find(from);
        put(to, inode, true);
        names.remove(from);
        nameChanges.add(new NameChange(Storage.parent(from), from, null, true, operations));
    }

    @Override
    public void delete(String name) {
        if (names.containsKey(name)) {
            operation("delete " + name);
            names.remove(name);
            nameChanges.add(new NameChange(Storage.parent(name), name, null, false, operations));
        }
    }

    @Override
    public void seal(String name) {
        find(name);
    }

    @Override
    public void syncDirectory(String name) {
        String label = "directory:" + name;
        operation("sync " + label);
        if (ignored(label, nameChanges.stream().anyMatch(change -> change.directory().equals(name)))) {
            return;
        }
        for (NameChange change : nameChanges) {
            if (change.directory().equals(name)) {
                if (change.inode() == null) {
                    durableNames.remove(change.name());
                } else {
                    durableNames.put(change.name(), change.inode());
                }
            }
        }
        nameChanges.removeIf(change -> change.directory().equals(name));
    }

    @Override
    public long freeBytes() {
        return capacity - names.values().stream().distinct().mapToLong(SimulatedInode::allocated).sum();
    }

    private void put(String name, SimulatedInode inode, boolean partOfRename) {
        names.put(name, inode);
        nameChanges.add(new NameChange(Storage.parent(name), name, inode, partOfRename, operations));
    }

    private void require(String directory) {
        if (!directory.isEmpty() && !names.containsKey(directory)) {
            throw new StorageFaultException("no such directory: name=" + directory, null);
        }
    }

    private SimulatedInode find(String name) {
        SimulatedInode inode = names.get(name);
        if (inode == null) {
            throw new StorageFaultException("no such file: name=" + name, null);
        }
        return inode;
    }

    private void operation(String what) {
        if (operations >= cutAt) {
            throw new PowerCut(what);
        }
        boolean fails = operations == failAt;
        operations++;
        if (fails) {
            throw new StorageFaultException("injected fault: operation=" + what, null);
        }
    }

    private boolean ignored(String label, boolean effective) {
        syncs.add(label);
        if (effective) {
            effectiveSyncs.add(syncs.size() - 1);
        }
        return ignoredSyncs.test(label) || syncs.size() - 1 == ignoredCall;
    }

    private static String label(String name) {
        return "file:" + name.replaceAll("[0-9a-f]{64}", "HEX");
    }

    private final class OpenFile implements StorageFile {
        private final String name;
        private final SimulatedInode inode;

        OpenFile(String name, SimulatedInode inode) {
            this.name = name;
            this.inode = inode;
        }

        @Override
        public long size() {
            return inode.size();
        }

        @Override
        public int read(long position, ByteBuffer target) {
            return inode.read(position, target);
        }

        @Override
        public void write(long position, ByteBuffer source) {
            operation("write " + name);
            inode.write(position, source);
        }

        @Override
        public void resize(long bytes) {
            operation("resize " + name);
            inode.resize(bytes);
        }

        @Override
        public void sync() {
            String label = label(name);
            operation("sync " + label);
            if (!ignored(label, inode.unsynced())) {
                inode.sync();
            }
        }

        @Override
        public void close() {}
    }
}
