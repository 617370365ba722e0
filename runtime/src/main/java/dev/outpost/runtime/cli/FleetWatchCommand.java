package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outpost.runtime.fleet.hub.FleetDirectory;
import dev.outpost.runtime.fleet.hub.FleetView;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code outpost fleet watch}: devices, versions, states and failures, redrawn as they change. */
@Command(name = "watch", description = "Show devices, versions, states and failures as they change.")
final class FleetWatchCommand implements Callable<Integer> {

    private static final String HOME = "\u001b[H\u001b[J";
    private static final int FAILURE_CHARACTERS = 60;

    private final Terminal terminal;

    @Option(names = "--once", description = "Print once and end.")
    private boolean once;

    @Mixin
    private FleetPlace place;

    FleetWatchCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        FleetDirectory directory = place.directory();
        try (var database = place.database(directory)) {
            var view = new FleetView(directory, database);
            String before = "";
            while (true) {
                String now = place.json() ? json(view) : String.join("\n", table(view, Instant.now()));
                if (!now.equals(before)) {
                    terminal.out().println(terminal.interactive() && !once && !place.json() ? HOME + now : now);
                    terminal.out().flush();
                    before = now;
                }
                if (once) {
                    return ExitStatus.OK.code();
                }
                TimeUnit.SECONDS.sleep(1);
            }
        }
    }

    private List<String> table(FleetView view, Instant now) {
        List<String> lines = new ArrayList<>();
        view.rollouts().forEach(
                progress -> lines.add(FleetRolloutCommand.words(progress.rollout(), progress.tally())));
        if (!lines.isEmpty()) {
            lines.add("");
        }
        lines.add(row("DEVICE", "STATE", "RUNTIME", "MODEL", "UPDATE", "DESIRED", "SEEN", "LAST FAILURE"));
        for (FleetView.Line device : view.devices()) {
            lines.add(row(device.device(), device.standing(), device.runtime(), device.model(), device.update(),
                    device.desiredVersion() == 0 ? "" : Long.toString(device.desiredVersion()),
                    device.seen().map(at -> seen(at, now)).orElse("never"), shortened(device.failure())));
        }
        return lines;
    }

    /** Lines are compared to see what changed, so that a time of day says less often something new than an age. */
    private String seen(Instant at, Instant now) {
        if (!terminal.interactive()) {
            return at.toString().substring(0, 16) + "Z";
        }
        Duration ago = Duration.between(at, now);
        if (ago.toSeconds() < 60) {
            return "now";
        }
        return ago.toMinutes() < 120
                ? ago.toMinutes() + " min"
                : ago.toHours() < 72
                        ? ago.toHours() + " h"
                        : ago.toDays() + " d";
    }

    private static String row(String device, String state, String runtime, String model, String update, String desired,
            String seen,
            String failure) {
        return String.format(Locale.ROOT, "%-20s %-11s %-8s %-18s %-32s %7s %-17s %s", device, state, runtime, model,
                update, desired,
                seen, failure).stripTrailing();
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return line.length() > FAILURE_CHARACTERS ? line.substring(0, FAILURE_CHARACTERS) + "…" : line;
    }

    private static String json(FleetView view) {
        return JsonText.of(out -> {
            out.writeStartObject();
            out.writeArrayFieldStart("rollouts");
            for (FleetView.Progress progress : view.rollouts()) {
                FleetRolloutCommand.write(out, progress.rollout(), progress.tally());
            }
            out.writeEndArray();
            out.writeArrayFieldStart("devices");
            for (FleetView.Line device : view.devices()) {
                write(out, device);
            }
            out.writeEndArray();
            out.writeEndObject();
        });
    }

    private static void write(JsonGenerator out, FleetView.Line device) throws IOException {
        out.writeStartObject();
        out.writeStringField("device", device.device());
        out.writeArrayFieldStart("groups");
        for (String group : device.groups()) {
            out.writeString(group);
        }
        out.writeEndArray();
        out.writeStringField("state", device.standing());
        out.writeStringField("model", device.model());
        out.writeStringField("update", device.update());
        out.writeNumberField("desired_version", device.desiredVersion());
        out.writeStringField("runtime", device.runtime());
        out.writeStringField("profile", device.profile());
        out.writeStringField("seen", device.seen().map(Instant::toString).orElse(""));
        out.writeStringField("failure", device.failure());
        out.writeEndObject();
    }
}
