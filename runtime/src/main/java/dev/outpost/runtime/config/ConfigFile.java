package dev.outpost.runtime.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.function.IntFunction;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * A YAML file of settings: sections, keys, scalars and flat lists; each value with its line.
 *
 * <p>Read from parser events, so that limits act before anything is built: 64 KiB, 4 levels, 1,000 values, no anchors,
 * aliases or tags, no second document.
 */
final class ConfigFile {

    private static final int MOST_BYTES = 64 << 10;
    private static final int MOST_LEVELS = 4;
    private static final int MOST_VALUES = 1_000;

    private final IntFunction<Origin> place;
    private final List<RawValue> values = new ArrayList<>();
    private Iterator<Event> events;

    private ConfigFile(IntFunction<Origin> place) {
        this.place = place;
    }

    /** @throws ConfigException naming the line, if the file cannot be read as settings */
    static List<RawValue> read(Path file) {
        IntFunction<Origin> place = line -> new Origin.File(file.toString(), line);
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw problem(place.apply(1), "file is too long: expected at most " + MOST_BYTES + " bytes, found="
                        + Files.size(file));
            }
            return parse(Files.readString(file, StandardCharsets.UTF_8), place);
        } catch (IOException e) {
            throw problem(place.apply(1), "file cannot be read as UTF-8 text: " + e);
        }
    }

    /** @param place line, from 1, to origin */
    static List<RawValue> parse(String text, IntFunction<Origin> place) {
        var file = new ConfigFile(place);
        var settings = LoadSettings.builder().setCodePointLimit(MOST_BYTES).setParseComments(false).build();
        try {
            file.events = new Parse(settings).parseString(text).iterator();
            file.document();
        } catch (MarkedYamlEngineException e) {
            int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
            throw problem(place.apply(line), "not valid YAML: " + e.getProblem());
        } catch (YamlEngineException e) {
            throw problem(place.apply(1), "not valid YAML: " + e.getMessage());
        }
        return file.values;
    }

    private void document() {
        events.next(); // stream start
        Event event = events.next();
        if (event.getEventId() == Event.ID.StreamEnd) {
            return; // an empty file sets nothing
        }
        event = events.next(); // after document start
        if (event instanceof ScalarEvent scalar && scalar.getValue().isBlank()) {
            return;
        }
        if (event.getEventId() != Event.ID.MappingStart) {
            throw problem(at(event), "expected sections such as \"server:\" at the top, found a "
                    + word(event));
        }
        mapping("", 1);
        events.next(); // document end
        event = events.next();
        if (event.getEventId() != Event.ID.StreamEnd) {
            throw problem(at(event), "a second document follows: expected one");
        }
    }

    private void mapping(String prefix, int level) {
        if (level > MOST_LEVELS) {
            throw problem(place.apply(1), "nested too deep: expected at most " + MOST_LEVELS + " levels, in " + prefix);
        }
        var seen = new HashSet<String>();
        while (true) {
            Event event = events.next();
            if (event.getEventId() == Event.ID.MappingEnd) {
                return;
            }
            if (!(plain(event) instanceof ScalarEvent name)) {
                throw problem(at(event), "expected a key, found a " + word(event));
            }
            if (!seen.add(name.getValue())) {
                throw problem(at(event), "key appears twice: key=" + prefix + name.getValue());
            }
            value(prefix + name.getValue(), at(name), level);
        }
    }

    private void value(String key, Origin origin, int level) {
        Event event = plain(events.next());
        if (event instanceof ScalarEvent scalar) {
            keep(new RawValue(key, List.of(scalar.getValue()), false, origin));
        } else if (event.getEventId() == Event.ID.SequenceStart) {
            keep(new RawValue(key, texts(key), true, origin));
        } else {
            mapping(key + ".", level + 1);
        }
    }

    private List<String> texts(String key) {
        var texts = new ArrayList<String>();
        while (true) {
            Event event = plain(events.next());
            if (event.getEventId() == Event.ID.SequenceEnd) {
                return texts;
            }
            if (!(event instanceof ScalarEvent scalar) || texts.size() >= MOST_VALUES) {
                throw problem(at(event), "expected a list of at most " + MOST_VALUES + " plain values: key=" + key);
            }
            texts.add(scalar.getValue());
        }
    }

    private void keep(RawValue value) {
        if (values.size() >= MOST_VALUES) {
            throw problem(value.origin(), "too many values: expected at most " + MOST_VALUES);
        }
        values.add(value);
    }

    // Anchors and aliases make a small file large, tags ask for types: neither is needed here.
    private Event plain(Event event) {
        boolean tagged = event instanceof ScalarEvent scalar && scalar.getTag().isPresent();
        if (tagged || event instanceof NodeEvent node && node.getAnchor().isPresent()) {
            throw problem(at(event), "anchors, aliases and tags are not accepted");
        }
        return event;
    }

    private Origin at(Event event) {
        return place.apply(event.getStartMark().map(mark -> mark.getLine() + 1).orElse(1));
    }

    private static String word(Event event) {
        return switch (event.getEventId()) {
            case Scalar -> "single value";
            case SequenceStart -> "list";
            case MappingStart -> "section";
            default -> event.getEventId().toString();
        };
    }

    private static ConfigException problem(Origin origin, String fact) {
        return new ConfigException(List.of(new ConfigProblem(origin, fact)));
    }
}
