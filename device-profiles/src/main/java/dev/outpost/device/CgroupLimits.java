package dev.outpost.device;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What the control groups of this process allow, version 1 and 2. A limit of any ancestor binds, so all are read.
 *
 * <p>Source: the kernel's admin guide, {@code cgroup-v2.rst} and {@code cgroup-v1/}.
 *
 * @param memoryLimit the smallest limit in bytes
 * @param memoryFree what is left below the tightest limit, in bytes
 * @param cores what quotas and processor sets leave
 */
record CgroupLimits(OptionalLong memoryLimit, OptionalLong memoryFree, Optional<Integer> cores) {

    // Version 1 says "no limit" with a number close to 2^63; no machine of ours has a pebibyte.
    private static final long UNLIMITED = 1L << 50;
    private static final String MOUNT = "sys/fs/cgroup";

    static CgroupLimits read(SystemFiles files) {
        var reader = new Reader(files);
        files.text("proc/self/cgroup").ifPresent(text -> text.lines().forEach(reader::line));
        return new CgroupLimits(reader.memoryLimit, reader.memoryFree, reader.cores);
    }

    /** Walks from each group to its root, keeping the tightest. */
    private static final class Reader {
        private final SystemFiles files;
        private OptionalLong memoryLimit = OptionalLong.empty();
        private OptionalLong memoryFree = OptionalLong.empty();
        private Optional<Integer> cores = Optional.empty();

        Reader(SystemFiles files) {
            this.files = files;
        }

        /** A line {@code id:controllers:path}; version 2 has no controllers. */
        void line(String line) {
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                return;
            }
            List<String> controllers = List.of(parts[1].split(","));
            if (parts[1].isEmpty()) {
                groups("", parts[2]).forEach(this::unified);
            }
            if (controllers.contains("memory")) {
                groups("/memory", parts[2]).forEach(this::memoryOfVersion1);
            }
            if (controllers.contains("cpu")) {
                groups("/cpu", parts[2]).forEach(this::quotaOfVersion1);
                groups("/cpu,cpuacct", parts[2]).forEach(this::quotaOfVersion1);
            }
            if (controllers.contains("cpuset")) {
                groups("/cpuset", parts[2]).forEach(group -> coreSet(group + "/cpuset.effective_cpus"));
            }
        }

        private List<String> groups(String controller, String path) {
            var groups = new ArrayList<String>();
            String rest = path;
            while (!rest.isEmpty() && !rest.equals("/")) {
                groups.add(MOUNT + controller + rest);
                rest = rest.substring(0, Math.max(0, rest.lastIndexOf('/')));
            }
            groups.add(MOUNT + controller);
            return groups;
        }

        private void unified(String group) {
            for (String name : List.of("/memory.max", "/memory.high")) {
                files.number(group + name).ifPresent(limit -> memory(limit, group + "/memory.current",
                        group + "/memory.stat", "inactive_file"));
            }
            files.text(group + "/cpu.max").map(text -> text.split("\\s+")).filter(parts -> parts.length == 2)
                    .ifPresent(parts -> quota(SystemFiles.parse(parts[0]), SystemFiles.parse(parts[1])));
            coreSet(group + "/cpuset.cpus.effective");
        }

        private void memoryOfVersion1(String group) {
            files.number(group + "/memory.limit_in_bytes").ifPresent(limit -> memory(limit,
                    group + "/memory.usage_in_bytes", group + "/memory.stat", "total_inactive_file"));
        }

        private void quotaOfVersion1(String group) {
            quota(files.number(group + "/cpu.cfs_quota_us"), files.number(group + "/cpu.cfs_period_us"));
        }

        private void memory(long limit, String usage, String statistics, String reclaimable) {
            if (limit >= UNLIMITED) {
                return;
            }
            long cached = files.field(statistics, reclaimable).map(SystemFiles::parse)
                    .orElse(OptionalLong.empty()).orElse(0);
            long used = Math.max(0, files.number(usage).orElse(0) - cached);
            memoryLimit = OptionalLong.of(Math.min(limit, memoryLimit.orElse(limit)));
            long free = Math.max(0, limit - used);
            memoryFree = OptionalLong.of(Math.min(free, memoryFree.orElse(free)));
        }

        private void quota(OptionalLong quota, OptionalLong period) {
            if (quota.orElse(-1) > 0 && period.orElse(-1) > 0) {
                allow((int) Math.ceilDiv(quota.getAsLong(), period.getAsLong()));
            }
        }

        private void coreSet(String path) {
            files.text(path).map(SystemFiles::countList).filter(count -> count > 0).ifPresent(this::allow);
        }

        private void allow(int count) {
            cores = Optional.of(Math.min(count, cores.orElse(count)));
        }
    }
}
