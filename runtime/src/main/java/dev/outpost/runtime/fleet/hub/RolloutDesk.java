package dev.outpost.runtime.fleet.hub;

import dev.outpost.provisioning.UpdateOutcome;
import dev.outpost.provisioning.failure.RefusedException;
import dev.outpost.provisioning.json.JsonReader;
import dev.outpost.provisioning.json.JsonValue.JsonObject;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FleetDocument;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.provisioning.manifest.RolloutRule;
import dev.outpost.provisioning.manifest.TargetKind;
import dev.outpost.runtime.fleet.hub.RolloutPlan.Member;
import dev.outpost.runtime.fleet.hub.RolloutPlan.Result;
import dev.outpost.runtime.fleet.hub.RolloutPlan.Step;
import dev.outpost.runtime.fleet.hub.database.DeviceRow;
import dev.outpost.runtime.fleet.hub.database.FailureRow;
import dev.outpost.runtime.fleet.hub.database.FleetDatabase;
import dev.outpost.runtime.fleet.wire.DeviceReport;
import dev.outpost.runtime.fleet.wire.SignedReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Begins rollouts, moves them on and writes what devices are told about them. One thread at a time. */
public final class RolloutDesk {
    private static final List<Integer> EVERYBODY = List.of(10_000);

    private final FleetDatabase database;
    private final DesiredDesk desired;
    private final ReleaseBook releases;

    public RolloutDesk(FleetDirectory directory, FleetKeys keys, FleetDatabase database) {
        this.database = database;
        this.desired = new DesiredDesk(directory, keys, database);
        this.releases = new ReleaseBook(database);
    }

    /**
     * How to let a release out.
     *
     * @param waves wave limits, ascending, of 10,000; a device alone is always let in
     * @param automatic whether the hub goes on by itself
     * @param stopPerMille share of a wave whose failures stop it when they exceed it, in thousandths
     * @param abortFailures failures at which devices stop by themselves; 0 takes the share
     * @param windowFromMinute first minute of the UTC day in which a device may begin
     * @param windowMinutes length of the window; 1440 = always
     * @param idleMinutes without trusted time: no inference for so many minutes
     * @param allowDowngrade whether a device may go back to this release
     * @param profile device profile it is meant for; {@code any} for all
     */
    public record Wish(List<Integer> waves, boolean automatic, int stopPerMille, int abortFailures,
            int windowFromMinute, int windowMinutes, int idleMinutes, boolean allowDowngrade, String profile) {
        /** Copies the waves. */
        public Wish {
            waves = List.copyOf(waves);
        }

        /** To everybody at once, stopped when more than 2 % fail. */
        public static Wish everybody() {
            return new Wish(EVERYBODY, false, 20, 0, 0, 1440, 0, false, FleetTarget.ANY_PROFILE);
        }
    }

    /** The device or group of a name. */
    public Addressee addressee(String name) {
        FleetSettings.requireId("device or group", name);
        if (database.devices().find(name).isPresent()) {
            return new Addressee.Device(name);
        }
        if (database.devices().all().stream().anyMatch(device -> device.groups().contains(name))) {
            return new Addressee.Group(name);
        }
        throw new FleetException(FleetException.Reason.UNKNOWN, "no such device or group: name=" + name);
    }

    /** Lets a release out; takes the place of an open rollout of the same line. */
    public Rollout begin(Addressee addressee, ReleaseBook.Signed release, Wish wish, Instant now) {
        if (releases.find(release.row().line(), release.row().counter()).row().revoked().isPresent()) {
            throw new FleetException(FleetException.Reason.INPUT, "release is revoked: release=" + release.row().line()
                    + "@" + release.row().counter());
        }
        List<Rollout> open = of(addressee).stream().filter(other -> other.state().open()).toList();
        for (Rollout other : open) {
            if (!other.line().equals(release.row().line())) {
                throw new FleetException(FleetException.Reason.CONFLICT, "another rollout is open: addressee="
                        + addressee.key() + ", release=" + other.line() + "@" + other.counter());
            }
        }
        List<Integer> waves = switch (addressee) {
            case Addressee.Device device -> EVERYBODY;
            case Addressee.Group group -> wish.waves();
        };
        var rollout = new Rollout(addressee, release.row().line(), release.row().counter(), release.payload(), waves, 0,
                wish.automatic(), wish.stopPerMille(), wish.abortFailures(), Rollout.State.RUNNING, "", now);
        var rule = new RolloutRule(rollout.limit(), wish.windowFromMinute(), wish.windowMinutes(), wish.idleMinutes(),
                abortFailures(rollout));
        var target = new FleetTarget(rollout.line(), rollout.counter(), release.row().file(), release.row().bytes(),
                wish.profile(), wish.allowDowngrade() ? List.of(rollout.counter()) : List.of());
        Optional<FleetDocument> before = desired.current(addressee);
        List<FleetTarget> targets = new ArrayList<>(before.map(FleetDocument::targets).orElse(List.of()));
        targets.removeIf(other -> other.line().equals(rollout.line()));
        targets.add(target);
        desired.put(addressee, targets, before.flatMap(FleetDocument::configuration), rule, now);
        for (Rollout other : of(addressee)) {
            if (other.line().equals(rollout.line()) && !other.id().equals(rollout.id())) {
                database.rollouts().put(other.in(Rollout.State.REPLACED, "").toRow(now));
            }
        }
        database.rollouts().put(rollout.toRow(now));
        return rollout;
    }

    /** Nobody else begins. */
    public Rollout pause(Addressee addressee, Instant now) {
        return tell(open(addressee).in(Rollout.State.PAUSED, ""), now);
    }

    /**
     * Goes on after a pause or a stop.
     *
     * @param stopPerMille another share; empty keeps it
     * @param abortFailures another number; empty keeps it
     */
    public Rollout resume(Addressee addressee, OptionalInt stopPerMille, OptionalInt abortFailures, Instant now) {
        Rollout rollout = of(addressee).stream()
                .filter(one -> one.state().open() || one.state() == Rollout.State.STOPPED).findFirst()
                .orElseThrow(() -> none(addressee));
        return tell(rollout.withLimits(stopPerMille.orElse(rollout.stopPerMille()),
                abortFailures.orElse(rollout.abortFailures())).in(Rollout.State.RUNNING, ""), now);
    }

    /** Lets the next wave in by hand. */
    public Rollout advance(Addressee addressee, Instant now) {
        Rollout rollout = open(addressee);
        if (rollout.lastWave()) {
            throw new FleetException(FleetException.Reason.INPUT, "the last wave is let in already: addressee="
                    + addressee.key());
        }
        return tell(rollout.nextWave(now), now);
    }

    /** Ends every open rollout of a release. */
    void stop(String line, long counter, String reason, Instant now) {
        for (Rollout rollout : all()) {
            boolean same = rollout.line().equals(line) && rollout.counter() == counter;
            if (same && rollout.state() != Rollout.State.REPLACED) {
                tell(rollout.in(Rollout.State.STOPPED, reason), now);
            }
        }
    }

    /**
     * Moves each running rollout on as far as its devices allow; a hub calls it at each poll.
     *
     * @return those that moved
     */
    public List<Rollout> poll(Instant now) {
        List<Rollout> moved = new ArrayList<>();
        for (Rollout rollout : all()) {
            if (rollout.state() == Rollout.State.RUNNING) {
                next(rollout, now).ifPresent(moved::add);
            }
        }
        return moved;
    }

    private Optional<Rollout> next(Rollout rollout, Instant now) {
        return switch (RolloutPlan.next(rollout, members(rollout))) {
            case Step.Wait() -> Optional.empty();
            case Step.Advance() -> Optional.of(tell(rollout.nextWave(now), now));
            case Step.Stop(String reason) -> Optional.of(tell(rollout.in(Rollout.State.STOPPED, reason), now));
            case Step.Finish() -> {
                Rollout finished = rollout.in(Rollout.State.FINISHED, "");
                database.rollouts().put(finished.toRow(now));
                yield Optional.of(finished);
            }
        };
    }

    /** All rollouts, the last changed first. */
    public List<Rollout> all() {
        return database.rollouts().all().stream().map(Rollout::of).toList();
    }

    /** The wave a rollout is at, in numbers. */
    public RolloutPlan.Tally tally(Rollout rollout) {
        return RolloutPlan.tally(rollout, members(rollout));
    }

    private List<Rollout> of(Addressee addressee) {
        return all().stream().filter(rollout -> rollout.addressee().equals(addressee)).toList();
    }

    private Rollout open(Addressee addressee) {
        return of(addressee).stream().filter(rollout -> rollout.state().open()).findFirst()
                .orElseThrow(() -> none(addressee));
    }

    private static FleetException none(Addressee addressee) {
        return new FleetException(FleetException.Reason.UNKNOWN, "no rollout is open: addressee=" + addressee.key());
    }

    /** Writes the document first: a rollout must not count as moved before its devices can hear of it. */
    private Rollout tell(Rollout rollout, Instant now) {
        FleetDocument before = desired.current(rollout.addressee()).orElseThrow(() -> none(rollout.addressee()));
        RolloutRule rule = before.rollout();
        desired.put(rollout.addressee(), before.targets(), before.configuration(),
                new RolloutRule(rollout.limit(), rule.windowFromMinute(), rule.windowMinutes(), rule.idleMinutes(),
                        abortFailures(rollout)),
                now);
        database.rollouts().put(rollout.toRow(now));
        return rollout;
    }

    private int abortFailures(Rollout rollout) {
        if (rollout.abortFailures() > 0) {
            return rollout.abortFailures();
        }
        int limit = rollout.waves().get(rollout.wave());
        long inWave = devices(rollout.addressee()).stream()
                .filter(device -> RolloutRule.number(device.device(), rollout.release()) < limit).count();
        return RolloutPlan.abortFailures(rollout.stopPerMille(), (int) inWave);
    }

    private List<DeviceRow> devices(Addressee addressee) {
        return database.devices().all().stream().filter(device -> switch (addressee) {
            case Addressee.Device(String id) -> device.device().equals(id);
            case Addressee.Group(String id) -> device.groups().contains(id);
        }).filter(device -> device.revoked().isEmpty() && device.quarantined().isEmpty()).toList();
    }

    private List<Member> members(Rollout rollout) {
        ReleaseBook.Signed release = releases.find(rollout.line(), rollout.counter());
        Map<String, Instant> failed = new HashMap<>();
        for (FailureRow failure : database.failures().of(rollout.line(), rollout.counter())) {
            if (failure.release().equals(rollout.release())) {
                failed.put(failure.device(), failure.failed());
            }
        }
        List<Member> members = new ArrayList<>();
        for (DeviceRow device : devices(rollout.addressee())) {
            Optional<Instant> failure = Optional.ofNullable(failed.get(device.device()));
            members.add(new Member(device.device(), result(device, release, failure), device.heard()));
        }
        return members;
    }

    /** A device that failed and then said that it runs the release after all, runs it. */
    private static Result result(DeviceRow device, ReleaseBook.Signed release, Optional<Instant> failure) {
        Optional<DeviceReport> report = device.report().flatMap(RolloutDesk::report);
        Result said = report.map(words -> result(words, release)).orElseGet(() -> result(device, release));
        Optional<Instant> at = report.isPresent() ? device.reported() : device.heard();
        boolean failedLast = failure.filter(when -> at.filter(when::isBefore).isEmpty()).isPresent();
        return failedLast || failure.isPresent() && said == Result.WAITING ? Result.FAILED : said;
    }

    private static Result result(DeviceReport report, ReleaseBook.Signed release) {
        String file = release.row().file().hex();
        DeviceReport.Update update = report.update();
        if (update.release().equals(release.payload().hex())) {
            return update.outcome().isEmpty()
                    ? Result.WAITING
                    : update.outcome().equals(UpdateOutcome.ACTIVATED.word()) ? Result.DONE : Result.FAILED;
        }
        boolean has = release.manifest().kind() == TargetKind.MODEL
                ? report.active().equals(file)
                : report.models().stream().anyMatch(stored -> stored.digest().equals(file));
        return has ? Result.DONE : Result.WAITING;
    }

    /** A device that never reported but says what it serves. */
    private static Result result(DeviceRow device, ReleaseBook.Signed release) {
        return device.models().contains(release.row().file().hex()) ? Result.DONE : Result.WAITING;
    }

    /** What a device reported last, in the form it is kept. */
    public static Optional<DeviceReport> report(byte[] payload) {
        try {
            return JsonReader.read(payload, SignedReport.MAX_BYTES) instanceof JsonObject json
                    ? Optional.of(DeviceReport.of(json))
                    : Optional.empty();
        } catch (RefusedException ofAnotherVersion) {
            return Optional.empty();
        }
    }
}
