package dev.outpost.provisioning.storage;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** One file of a {@link SimulatedDisk}: what is written, what is durable, and the writes between the two. */
final class SimulatedInode {
    private final boolean directory;
    private byte[] written = new byte[0];
    private byte[] durable = new byte[0];
    private final List<Change> changes = new ArrayList<>();

    /** A write, or a resize when there are no bytes. */
    private record Change(long position, byte[] bytes, boolean resize) {}

    SimulatedInode(boolean directory) {
        this.directory = directory;
    }

    long size() {
        return written.length;
    }

    /** Sparse as real file systems are: zero sectors cost nothing. */
    long allocated() {
        long bytes = 0;
        for (int at = 0; at < written.length; at += 4096) {
            int end = Math.min(written.length, at + 4096);
            for (int i = at; i < end; i++) {
                if (written[i] != 0) {
                    bytes += 4096;
                    break;
                }
            }
        }
        return bytes;
    }

    boolean unsynced() {
        return !directory && !changes.isEmpty();
    }

    int read(long position, ByteBuffer target) {
        int count = (int) Math.min(target.remaining(), written.length - position);
        if (count <= 0) {
            return -1;
        }
        target.put(written, (int) position, count);
        return count;
    }

    void write(long position, ByteBuffer source) {
        byte[] bytes = new byte[source.remaining()];
        source.get(bytes);
        Change change = new Change(position, bytes, false);
        changes.add(change);
        written = apply(written, change, 0, bytes.length);
    }

    void resize(long bytes) {
        if (bytes != written.length) {
            changes.add(new Change(bytes, new byte[0], true));
            written = Arrays.copyOf(written, (int) bytes);
        }
    }

    void sync() {
        durable = written.clone();
        changes.clear();
    }

    void flip(long at, int bit) {
        written[(int) at] ^= (byte) (1 << bit);
        if (at < durable.length) {
            durable[(int) at] = written[(int) at];
        }
    }

    SimulatedInode copy() {
        SimulatedInode copy = new SimulatedInode(directory);
        copy.written = written.clone();
        copy.durable = durable.clone();
        copy.changes.addAll(changes);
        return copy;
    }

    /** Of the unsynced changes each survives whole, torn or not at all, as the random numbers say. */
    SimulatedInode afterPowerCut(Random random) {
        byte[] found = durable.clone();
        int mode = random.nextInt(4); // 0: nothing survived, 1: everything, else a mixture
        for (Change change : changes) {
            int fate = mode == 0 ? 2 : mode == 1 ? 0 : random.nextInt(3);
            if (change.resize()) {
                if (fate == 0) {
                    found = Arrays.copyOf(found, (int) change.position());
                }
            } else if (fate == 0) {
                found = apply(found, change, 0, change.bytes().length);
            } else if (fate == 1) {
                int sector = random.nextBoolean() ? 512 : 4096;
                for (int at = 0; at < change.bytes().length; at += sector) {
                    if (random.nextBoolean()) {
                        found = apply(found, change, at, Math.min(change.bytes().length, at + sector));
                    }
                }
            }
        }
        SimulatedInode inode = new SimulatedInode(directory);
        inode.written = found;
        inode.durable = found.clone();
        return inode;
    }

    private static byte[] apply(byte[] content, Change change, int from, int to) {
        int end = (int) change.position() + to;
        byte[] result = end > content.length ? Arrays.copyOf(content, end) : content.clone();
        System.arraycopy(change.bytes(), from, result, (int) change.position() + from, to - from);
        return result;
    }
}
