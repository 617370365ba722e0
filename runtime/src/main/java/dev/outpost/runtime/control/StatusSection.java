package dev.outpost.runtime.control;

import dev.outpost.provisioning.json.JsonValue;
import java.util.function.Supplier;

/**
 * One part of {@code outpost status}.
 *
 * @param name its title, such as {@code links}
 * @param value read whenever somebody asks, on the asking thread; must not block
 */
public record StatusSection(String name, Supplier<JsonValue> value) {}
