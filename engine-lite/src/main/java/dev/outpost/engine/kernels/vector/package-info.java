/**
 * The tier in the JVM's Vector API: the bits of {@code scalar}, at the width the JVM prefers.
 *
 * <p>Products work on panels: 64 weight rows by a strip of columns, unpacked to 16-bit integers or floats so that a
 * lane is a row, then multiplied with tiles of 1, 2, 4 or 6 activation rows. All weight types share the tiles; a type
 * brings its unpacker. What keeps the JVM's compiler content: species are static finals, accumulators are locals, hot
 * methods are few, small and free of objects, nothing is summed across float lanes. No state, no threads, no
 * allocation; arrays come from the worker's scratch.
 */
package dev.outpost.engine.kernels.vector;
