/**
 * The engine's failures: one sealed, unchecked family, thrown by every layer.
 *
 * <p>A failure carries its reason where it is made; what it means on a wire is decided in {@code runtime}.
 */
package dev.outpost.engine.failure;
