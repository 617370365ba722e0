/**
 * The verbs of the command {@code outpost}, one class each: parse, call a room, print.
 *
 * <p>Exit statuses are those of {@code sysexits.h}. Results go to standard output, words about them to standard error.
 */
package dev.outpost.runtime.cli;
