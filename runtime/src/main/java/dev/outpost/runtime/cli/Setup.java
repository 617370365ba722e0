package dev.outpost.runtime.cli;

import dev.outpost.device.DeviceProfile;
import dev.outpost.engine.EngineOptions;
import dev.outpost.runtime.config.ResolvedConfig;

/**
 * Settings and device, joined to what the engine is opened with.
 *
 * @param profile which profile applies and why, for the start line
 */
public record Setup(ResolvedConfig resolved, DeviceProfile device, String profile, EngineOptions options) {}
