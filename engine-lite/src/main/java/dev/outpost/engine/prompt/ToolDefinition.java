package dev.outpost.engine.prompt;

import java.util.Map;

/**
 * A function the model may call.
 *
 * @param parameters JSON Schema as maps, lists, strings, numbers and booleans, insertion order kept
 */
public record ToolDefinition(String name, String description, Map<String, Object> parameters) {}
