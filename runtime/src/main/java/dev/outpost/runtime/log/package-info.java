/**
 * The log: binds {@link java.lang.System.Logger}, {@code java.util.logging} and SLF4J to tinylog, one line an event.
 *
 * <p>The only package that knows tinylog. Lines carry ids, sizes and times, never prompt text.
 */
package dev.outpost.runtime.log;
