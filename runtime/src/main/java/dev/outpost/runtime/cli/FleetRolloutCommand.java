package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outpost.provisioning.manifest.Addressee;
import dev.outpost.provisioning.manifest.FleetTarget;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.FleetKeys;
import dev.outpost.runtime.fleet.hub.ReleaseBook;
import dev.outpost.runtime.fleet.hub.Rollout;
import dev.outpost.runtime.fleet.hub.RolloutDesk;
import dev.outpost.runtime.fleet.hub.RolloutPlan;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost fleet rollout}: lets a release out to devices and groups, in waves. */
@Command(name = "rollout", description = "Let a release out to devices and groups, in waves; or move a rollout on.")
final class FleetRolloutCommand implements Callable<Integer> {

    private static final int DAY = 1440;

    private final Terminal terminal;

    @Parameters(index = "0", arity = "0..1", paramLabel = "LINE[@N]", description = "The release; without @N the "
            + "newest.")
    private String release;

    @Option(names = "--to", paramLabel = "NAME", required = true, arity = "1..*", description = "Devices and groups.")
    private List<String> to;

    @ArgGroup
    private Waves waves = new Waves();

    @Option(names = "--auto", description = "The hub goes on to the next wave by itself when few failed.")
    private boolean automatic;

    @Option(names = "--window", paramLabel = "FROM-TO", description = "Begin only at this time of day, UTC, as "
            + "02:00-04:00.")
    private String window;

    @Option(names = "--idle-minutes", paramLabel = "N", description = "Where time is not trusted: begin after so long without a "
            + "request.")
    private int idleMinutes;

    @Option(names = "--abort-failures", paramLabel = "N", description = "Devices stop by themselves at so many "
            + "failures.")
    private Integer abortFailures;

    @Option(names = "--abort-percent", paramLabel = "P", description = "Stop when more than this share of a wave fails (default: "
            + "2).")
    private Double abortPercent;

    @Option(names = "--allow-downgrade", description = "Devices may go back to this release.")
    private boolean allowDowngrade;

    @Option(names = "--profile", paramLabel = "NAME", description = "Only for this device profile.")
    private String profile = FleetTarget.ANY_PROFILE;

    @ArgGroup
    private Move move = new Move();

    @Mixin
    private FleetPlace place;

    FleetRolloutCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** How wide. */
    private static final class Waves {
        @Option(names = "--percent", paramLabel = "P", split = ",", description = "Shares of a group, such as 1,10,100 (default: "
                + "100).")
        private List<Double> percent = List.of(100.0);

        @Option(names = "--wave", paramLabel = "N", description = "One wave: devices whose number is below N of 10000.")
        private Integer wave;
    }

    /** What to do with an open rollout. */
    private static final class Move {
        @Option(names = "--pause", description = "Nobody else begins.")
        private boolean pause;

        @Option(names = "--resume", description = "Go on after a pause or a stop.")
        private boolean resume;

        @Option(names = "--advance", description = "Let the next wave in.")
        private boolean advance;

        boolean any() {
            return pause || resume || advance;
        }
    }

    @Override
    public Integer call() {
        boolean moves = move.any();
        if (moves == (release != null)) {
            throw new CommandFailure(ExitStatus.USAGE, moves
                    ? "an open rollout is moved without naming a release"
                    : "no release is named", "`outpost fleet releases` lists them; `outpost fleet rollout --help`");
        }
        FleetDirectory directory = place.directory();
        Instant now = Instant.now();
        List<Rollout> rollouts = new ArrayList<>();
        try (var database = place.database(directory)) {
            var desk = new RolloutDesk(directory, FleetKeys.online(directory), database);
            List<Addressee> addressees = to.stream().map(desk::addressee).toList();
            for (Addressee addressee : addressees) {
                rollouts.add(moves
                        ? moved(desk, addressee, now)
                        : desk.begin(addressee, new ReleaseBook(database).find(release), wish(), now));
            }
            if (place.json()) {
                terminal.out().println(JsonText.of(out -> write(out, desk, rollouts)));
            } else {
                rollouts.forEach(rollout -> terminal.out().println(words(rollout, desk)));
            }
        }
        return ExitStatus.OK.code();
    }

    private Rollout moved(RolloutDesk desk, Addressee addressee, Instant now) {
        if (move.pause) {
            return desk.pause(addressee, now);
        }
        return move.advance
                ? desk.advance(addressee, now)
                : desk.resume(addressee, abortPercent == null
                        ? OptionalInt.empty()
                        : OptionalInt.of(perMille()),
                        abortFailures == null ? OptionalInt.empty() : OptionalInt.of(abortFailures), now);
    }

    private RolloutDesk.Wish wish() {
        List<Integer> limits = waves.wave != null
                ? List.of(waves.wave)
                : waves.percent.stream().map(share -> (int) Math.round(share * 100)).toList();
        int[] span = span();
        return new RolloutDesk.Wish(limits, automatic, perMille(), abortFailures == null ? 0 : abortFailures, span[0],
                span[1], idleMinutes, allowDowngrade, profile);
    }

    private int perMille() {
        double percent = abortPercent == null ? 2 : abortPercent;
        if (!(percent >= 0 && percent <= 100)) {
            throw new CommandFailure(ExitStatus.USAGE, "--abort-percent: expected 0 to 100, found=" + percent, "");
        }
        return (int) Math.round(percent * 10);
    }

    /** First minute of the day and minutes. */
    private int[] span() {
        if (window == null) {
            return new int[]{0, DAY};
        }
        String[] ends = window.split("-", -1);
        try {
            if (ends.length == 2) {
                int from = LocalTime.parse(ends[0]).toSecondOfDay() / 60;
                int until = LocalTime.parse(ends[1]).toSecondOfDay() / 60;
                int minutes = Math.floorMod(until - from, DAY);
                return new int[]{from, minutes == 0 ? DAY : minutes};
            }
        } catch (DateTimeParseException e) {
            throw wrongWindow();
        }
        throw wrongWindow();
    }

    private CommandFailure wrongWindow() {
        return new CommandFailure(ExitStatus.USAGE, "--window: expected as 02:00-04:00, found=" + window, "");
    }

    static String words(Rollout rollout, RolloutDesk desk) {
        return words(rollout, desk.tally(rollout));
    }

    static String words(Rollout rollout, RolloutPlan.Tally tally) {
        return String.format(Locale.ROOT,
                "%s@%d to %s: %s, wave %d of %d (%s %%), %d of %d done, %d failed, %d at work%s",
                rollout.line(), rollout.counter(), rollout.addressee().key(), rollout.state().word(),
                rollout.wave() + 1, rollout.waves().size(), percent(rollout), tally.done(), tally.members(),
                tally.failed(), tally.working(), rollout.reason().isEmpty() ? "" : "; " + rollout.reason());
    }

    private static String percent(Rollout rollout) {
        double percent = rollout.waves().get(rollout.wave()) / 100.0;
        return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
    }

    private static void write(JsonGenerator out, RolloutDesk desk, List<Rollout> rollouts) throws IOException {
        out.writeStartArray();
        for (Rollout rollout : rollouts) {
            write(out, rollout, desk.tally(rollout));
        }
        out.writeEndArray();
    }

    static void write(JsonGenerator out, Rollout rollout, RolloutPlan.Tally tally)
            throws IOException {
        out.writeStartObject();
        out.writeStringField("line", rollout.line());
        out.writeNumberField("counter", rollout.counter());
        out.writeStringField("to", rollout.addressee().key());
        out.writeStringField("state", rollout.state().word());
        out.writeStringField("reason", rollout.reason());
        out.writeNumberField("wave", rollout.wave() + 1);
        out.writeNumberField("waves", rollout.waves().size());
        out.writeNumberField("percent", rollout.waves().get(rollout.wave()) / 100.0);
        out.writeBooleanField("automatic", rollout.automatic());
        out.writeNumberField("devices", tally.members());
        out.writeNumberField("done", tally.done());
        out.writeNumberField("failed", tally.failed());
        out.writeNumberField("working", tally.working());
        out.writeStringField("since", rollout.since().toString());
        out.writeEndObject();
    }
}
