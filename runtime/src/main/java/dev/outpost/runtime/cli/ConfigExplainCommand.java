package dev.outpost.runtime.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.outpost.runtime.config.Effective;
import dev.outpost.runtime.config.Origin;
import dev.outpost.runtime.config.ResolvedConfig;
import dev.outpost.runtime.config.SettingTable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code outpost config explain}: each value, and where it comes from. */
@Command(name = "explain", description = "Print each value with its origin; with a KEY also its range.")
final class ConfigExplainCommand implements Callable<Integer> {

    private final Rooms rooms;
    private final Terminal terminal;

    @Parameters(arity = "0..1", paramLabel = "KEY", description = "Such as server.port.")
    private String key;

    @Option(names = "--json", description = "A JSON array instead of lines.")
    private boolean json;

    @Mixin
    private LoadOptions load;

    ConfigExplainCommand(Rooms rooms, Terminal terminal) {
        this.rooms = rooms;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        ResolvedConfig resolved = rooms.config(load.config(), load.flags());
        List<Effective> shown = key == null ? resolved.settings() : List.of(setting(resolved, key));
        if (json) {
            terminal.out().println(JsonText.of(out -> write(out, shown)));
        } else if (key == null) {
            shown.forEach(this::line);
        } else {
            detail(shown.getFirst());
        }
        return ExitStatus.OK.code();
    }

    private static Effective setting(ResolvedConfig resolved, String key) {
        return resolved.setting(key).orElseThrow(() -> new CommandFailure(ExitStatus.USAGE, "unknown key: key=" + key
                + SettingTable.nearest(key).map(near -> "; did you mean " + near + "?").orElse(""),
                "`outpost config explain` lists all keys"));
    }

    private void line(Effective effective) {
        terminal.out()
                .println(effective.setting().key() + " = " + effective.shown() + "  (" + effective.origin() + ")");
    }

    private void detail(Effective effective) {
        line(effective);
        var setting = effective.setting();
        var out = terminal.out();
        out.println("  " + setting.meaning());
        out.println("  range: " + setting.range());
        out.println("  default: " + (setting.fallback().isEmpty() ? "(empty)" : setting.fallback()));
        out.println("  variable: " + setting.variable()
                + setting.flag().map(flag -> ", flag: " + flag).orElse(", flag: --set " + setting.key() + "=..."));
        List<Origin> overridden = effective.overridden();
        if (!overridden.isEmpty()) {
            out.println("  overrides: " + overridden.stream().map(Origin::toString).collect(Collectors.joining(", ")));
        }
    }

    private static void write(JsonGenerator out, List<Effective> shown) throws IOException {
        out.writeStartArray();
        for (Effective effective : shown) {
            out.writeStartObject();
            out.writeStringField("key", effective.setting().key());
            out.writeStringField("value", effective.shown());
            out.writeStringField("origin", effective.origin().toString());
            out.writeStringField("range", effective.setting().range());
            out.writeStringField("default", effective.setting().fallback());
            out.writeStringField("meaning", effective.setting().meaning());
            out.writeEndObject();
        }
        out.writeEndArray();
    }
}
