/**
 * Facts about the machine this runs on, and the profile that suits it.
 *
 * <p>{@code DeviceProbe} reads procfs, sysfs and cgroups under a given root; {@code ProfileCatalogue} holds one
 * settings file per board and says which is nearest and why. Not here: what a setting does, nor the instruction sets,
 * which the engine finds out for itself. All immutable, any thread.
 */
package dev.outpost.device;
