/**
 * How much memory a load takes and how much there is.
 *
 * <p>Here: the plan as a value, the arena weights live in, the port that asks the operating system. Not here: how a
 * plan is computed for a model ({@code model}), limits of containers and boards (device profiles; they arrive as a
 * budget). The model owns its arenas and frees them once, on the thread that closes it.
 */
package dev.outpost.engine.memory;
