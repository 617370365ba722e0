package dev.outpost.runtime.cli;

import picocli.CommandLine.Command;

/** {@code outpost} without a verb: says what there is. */
@Command(name = "outpost", description = "Edge runtime for quantised language models.", mixinStandardHelpOptions = true)
final class RootCommand {}
