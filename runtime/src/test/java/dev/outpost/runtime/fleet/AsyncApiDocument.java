package dev.outpost.runtime.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code docs/reference/fleet-asyncapi.yaml}, read. */
final class AsyncApiDocument {

    private static final Path FILE = Path.of("..", "docs", "reference", "fleet-asyncapi.yaml");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode root;

    AsyncApiDocument() {
        try {
            root = JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(Files.readString(FILE)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode root() {
        return root;
    }

    /** Addresses below {@code outpost/v1/}, parameters as {@code +}. */
    Set<String> topics() {
        var topics = new TreeSet<String>();
        for (var channel : root.get("channels")) {
            topics.add(channel.get("address").asText().replaceAll("\\{[^}]+}", "+"));
        }
        return topics;
    }

    Set<String> messages() {
        return fields("/components/messages");
    }

    Set<String> fields(String pointer) {
        var names = new TreeSet<String>();
        root.at(pointer).fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** Examples of a message: name to canonical enough JSON. */
    Map<String, byte[]> examples(String message) {
        var examples = new LinkedHashMap<String, byte[]>();
        try {
            for (var example : root.at("/components/messages/" + message + "/examples")) {
                examples.put(example.get("name").asText(), JSON.writeValueAsBytes(example.get("payload")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return examples;
    }

    /** What a message's schema has against a payload; empty when it is valid. */
    List<String> violations(String message, byte[] payload) {
        ObjectNode schema = JSON.createObjectNode();
        schema.put("$ref", "#/components/messages/" + message + "/payload");
        schema.set("components", root.get("components"));
        try {
            var found = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V7).getSchema(schema)
                    .validate(JSON.readTree(payload));
            return found.stream().map(Object::toString).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Every reference in the document that leads nowhere. */
    List<String> danglingReferences() {
        var dangling = new ArrayList<String>();
        root.findValues("$ref").forEach(reference -> {
            String target = reference.asText();
            if (!target.startsWith("#/") || root.at(target.substring(1)).isMissingNode()) {
                dangling.add(target);
            }
        });
        return dangling;
    }
}
