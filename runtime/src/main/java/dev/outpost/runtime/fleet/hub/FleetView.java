package dev.outpost.runtime.fleet.hub;

import dev.outpost.runtime.fleet.hub.database.DeviceRow;
import dev.outpost.runtime.fleet.hub.database.FailureRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.hub.database.ReleaseRow;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The fleet as a manager wants to see it: one line a device, one a rollout. */
public final class FleetView {
    private final FleetDatabase database;
    private final RolloutDesk rollouts;

    public FleetView(FleetDirectory directory, FleetDatabase database) {
        this.database = database;
        this.rollouts = new RolloutDesk(directory, FleetKeys.online(directory), database);
    }

    /**
     * A device.
     *
     * @param device its id
     * @param groups its groups
     * @param standing {@code claimed}, {@code online}, {@code offline}, {@code quarantined} or {@code revoked}
     * @param model the release it runs, as {@code LINE@COUNTER}, or the beginning of a digest; empty for none
     * @param update where its update stands
     * @param desiredVersion fleet document it follows
     * @param runtime version of its runtime
     * @param profile its device profile
     * @param seen when it was last heard of
     * @param failure its newest failure; empty for none
     */
    public record Line(String device, List<String> groups, String standing, String model, String update,
            long desiredVersion, String runtime, String profile, Optional<Instant> seen, String failure) {
        /** Copies the groups. */
        public Line {
            groups = List.copyOf(groups);
        }
    }

    /**
     * A rollout and its wave.
     *
     * @param rollout where it stands
     * @param tally its wave in numbers
     */
    public record Progress(Rollout rollout, RolloutPlan.Tally tally) {}

    /** All devices by name. */
    public List<Line> devices() {
        Map<String, String> releases = new HashMap<>();
        for (ReleaseRow release : database.releases().all()) {
            releases.putIfAbsent(release.file().hex(), release.line() + "@" + release.counter());
        }
        Map<String, FailureRow> failures = new HashMap<>();
        database.failures().all().forEach(failure -> failures.putIfAbsent(failure.device(), failure));
        List<Line> lines = new ArrayList<>();
        for (DeviceRow device : database.devices().all()) {
            lines.add(line(device, releases, Optional.ofNullable(failures.get(device.device()))));
        }
        return lines;
    }

    /** All rollouts that were not replaced, the last changed first. */
    public List<Progress> rollouts() {
        return rollouts.all().stream().filter(rollout -> rollout.state() != Rollout.State.REPLACED)
                .map(rollout -> new Progress(rollout, rollouts.tally(rollout))).toList();
    }

    private static Line line(DeviceRow device, Map<String, String> releases, Optional<FailureRow> failure) {
        Optional<DeviceReport> report = device.report().flatMap(RolloutDesk::report);
        String digest = report.map(DeviceReport::active).filter(active -> !active.isEmpty())
                .orElseGet(() -> device.models().stream().findFirst().orElse(""));
        String model = digest.isEmpty() ? "" : releases.getOrDefault(digest, digest.substring(0, 12));
        String update = report.map(DeviceReport::update).map(FleetView::words).orElse("");
        String failed = failure.map(what -> what.line() + "@" + what.counter() + " " + what.outcome()
                + (what.detail().isEmpty() ? "" : ": " + what.detail())).orElse("");
        return new Line(device.device(), List.copyOf(device.groups()), standing(device), model, update,
                Math.max(device.desiredVersion(), report.map(DeviceReport::desiredVersion).orElse(0L)),
                device.runtime(), device.profile(), latest(device), failed);
    }

    private static String words(DeviceReport.Update update) {
        String why = update.refusal().isEmpty() ? "" : " (" + update.refusal() + ")";
        String what = update.line().isEmpty() ? "" : update.line() + "@" + update.counter() + " ";
        return what + update.state().toLowerCase(Locale.ROOT) + why;
    }

    private static Optional<Instant> latest(DeviceRow device) {
        return device.heard().isPresent() && device.reported().isPresent()
                ? Optional.of(device.heard().get().isAfter(device.reported().get())
                        ? device.heard().get()
                        : device.reported().get())
                : device.heard().or(device::reported);
    }

    private static String standing(DeviceRow device) {
        if (device.revoked().isPresent()) {
            return "revoked";
        }
        if (device.quarantined().isPresent()) {
            return "quarantined";
        }
        if (device.online()) {
            return "online";
        }
        return device.enrolled().isPresent() ? "offline" : "claimed";
    }
}
