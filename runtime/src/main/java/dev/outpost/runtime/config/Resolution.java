package dev.outpost.runtime.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** One pass over raw values, weakest first: checks each, keeps the strongest, builds the tree. */
final class Resolution {

    private final Map<String, Effective> settings = new LinkedHashMap<>();
    private final List<ConfigProblem> problems = new ArrayList<>();

    private Resolution() {
        for (Setting setting : SettingTable.all()) {
            Object value = setting.kind().read(List.of(setting.fallback()));
            settings.put(setting.key(), new Effective(setting, value, new Origin.Default(), List.of()));
        }
    }

    static ResolvedConfig of(List<RawValue> values, Surroundings surroundings) {
        var resolution = new Resolution();
        values.forEach(resolution::apply);
        if (!resolution.problems.isEmpty()) {
            throw new ConfigException(resolution.problems);
        }
        return new ResolvedConfig(resolution.tree(surroundings), List.copyOf(resolution.settings.values()), List.of());
    }

    private void apply(RawValue raw) {
        Effective before = settings.get(raw.key());
        if (before == null) {
            problems.add(new ConfigProblem(raw.origin(), unknown(raw)));
            return;
        }
        try {
            Setting setting = before.setting();
            boolean split = setting.kind() instanceof ValueKind.Texts && !raw.list();
            List<String> texts = split ? List.of(raw.texts().getFirst().split(",")) : raw.texts();
            var overridden = Stream.concat(before.overridden().stream(), Stream.of(before.origin())).toList();
            settings.put(raw.key(), new Effective(setting, setting.kind().read(texts), raw.origin(), overridden));
        } catch (IllegalArgumentException e) {
            problems.add(new ConfigProblem(raw.origin(), raw.key() + ": " + e.getMessage()));
        }
    }

    private static String unknown(RawValue raw) {
        Optional<String> nearest = SettingTable.nearest(raw.key());
        if (raw.origin() instanceof Origin.Environment variable) {
            nearest = Suggestion.of(variable.variable(), SettingTable.all().stream().map(Setting::variable).toList());
        }
        return "unknown key: key=" + raw.key() + nearest.map(key -> "; did you mean " + key + "?")
                .orElse("; `outpost config explain` lists all keys");
    }

    private RuntimeConfig tree(Surroundings surroundings) {
        var server = new RuntimeConfig.Server(text("server.host"), whole("server.port"),
                texts("server.allowed-hosts"), whole("server.max-body"), whole("server.max-connections"),
                time("server.header-timeout"), time("server.body-timeout"), time("server.idle-timeout"),
                time("server.request-timeout"), time("server.drain-timeout"));
        var model = new RuntimeConfig.Model(filled("model.file").map(Path::of), filled("model.name"),
                texts("model.aliases"));
        var engine = new RuntimeConfig.Engine(wholeOrAuto("engine.threads"), wholeOrAuto("engine.context"),
                whole("engine.parallel"), bytesOrAuto("engine.memory-budget"),
                (Double) settings.get("engine.memory-share").value(), text("engine.kv-type"),
                filled("engine.isa").filter(word -> !word.equals("auto")),
                (int) time("engine.prefill-chunk").toMillis(), whole("engine.queue-limit"));
        var state = filled("state.directory").map(Path::of).orElseGet(surroundings::stateDirectory);
        return new RuntimeConfig(server, model, engine,
                new RuntimeConfig.Device(text("device.profile"), filled("device.id")), new RuntimeConfig.State(state),
                new RuntimeConfig.Log(text("log.level")),
                new RuntimeConfig.Update(time("update.golden-interval"), time("update.drain-timeout")), identity(),
                link("link.fleet."), link("link.site."), fleet(),
                telemetry(), sparkplug());
    }

    private RuntimeConfig.Sparkplug sparkplug() {
        return new RuntimeConfig.Sparkplug(Boolean.parseBoolean(text("sparkplug.enabled")), text("sparkplug.group"),
                filled("sparkplug.node"), filled("sparkplug.primary-host"),
                Boolean.parseBoolean(text("sparkplug.aliases")), time("sparkplug.interval"),
                texts("sparkplug.servers"));
    }

    private RuntimeConfig.Identity identity() {
        return new RuntimeConfig.Identity(text("identity.key"), path("identity.pkcs11-config"),
                text("identity.pkcs11-alias"), path("identity.pkcs11-pin-file"));
    }

    private RuntimeConfig.Link link(String at) {
        return new RuntimeConfig.Link(filled(at + "url"), filled(at + "username"), path(at + "password-file"),
                time(at + "keep-alive"), time(at + "connect-deadline"), time(at + "publish-deadline"),
                time(at + "backoff-first"), time(at + "backoff-most"), time(at + "stable-after"),
                whole(at + "connects-per-minute"), bytes(at + "bytes-per-second"));
    }

    private RuntimeConfig.Fleet fleet() {
        return new RuntimeConfig.Fleet(path("fleet.claim"), texts("fleet.groups"), texts("fleet.carriers"),
                texts("fleet.range-urls"), path("fleet.stick"), filled("fleet.peer-listen"),
                bytes("fleet.bandwidth"), time("fleet.freshness-interval"), time("fleet.look-interval"),
                time("fleet.answer-deadline"), time("fleet.enrol-backoff"));
    }

    private RuntimeConfig.Telemetry telemetry() {
        return new RuntimeConfig.Telemetry(bytes("telemetry.disk-cap"), whole("telemetry.segment-size"),
                time("telemetry.metric-interval"), time("telemetry.sync-interval"), time("telemetry.ack-timeout"),
                whole("telemetry.logs-per-minute"));
    }

    private Optional<Path> path(String key) {
        return filled(key).map(Path::of);
    }

    private long bytes(String key) {
        return (Long) settings.get(key).value();
    }

    private String text(String key) {
        return settings.get(key).value().toString();
    }

    private Optional<String> filled(String key) {
        return Optional.of(text(key)).filter(text -> !text.isEmpty());
    }

    private List<String> texts(String key) {
        return ((List<?>) settings.get(key).value()).stream().map(Object::toString).toList();
    }

    private int whole(String key) {
        return Math.toIntExact((Long) settings.get(key).value());
    }

    private OptionalInt wholeOrAuto(String key) {
        return settings.get(key).value() instanceof Long value
                ? OptionalInt.of(Math.toIntExact(value))
                : OptionalInt.empty();
    }

    private OptionalLong bytesOrAuto(String key) {
        return settings.get(key).value() instanceof Long value ? OptionalLong.of(value) : OptionalLong.empty();
    }

    private Duration time(String key) {
        return (Duration) settings.get(key).value();
    }
}
