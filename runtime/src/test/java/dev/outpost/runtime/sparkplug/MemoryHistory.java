package dev.outpost.runtime.sparkplug;

import java.util.ArrayDeque;
import java.util.List;

/** History that lasts as long as the process. */
final class MemoryHistory implements History {

    private final int most;
    private final ArrayDeque<Past> kept = new ArrayDeque<>();

    /** @param most moments kept, at least 1 */
    MemoryHistory(int most) {
        this.most = Math.max(1, most);
    }

    @Override
    public void add(Past past) {
        if (kept.size() == most) {
            kept.removeFirst();
        }
        kept.addLast(past);
    }

    @Override
    public List<Past> oldest(int count) {
        return kept.stream().limit(count).toList();
    }

    @Override
    public void forget(int count) {
        for (int i = 0; i < count && !kept.isEmpty(); i++) {
            kept.removeFirst();
        }
    }
}
