package dev.outpost.runtime.update;

import dev.outpost.provisioning.store.ContentDigest;

/**
 * The serving model answers golden questions worse than it did.
 *
 * @param model digest of its file
 * @param line its line
 * @param counter its release
 * @param right answers as expected
 * @param best how many there were at its best, or are demanded at least
 * @param asked questions
 * @param detail the first failure; never an answer's text
 * @param now versions in use
 * @param before versions at the run before
 */
public record GoldenDrop(ContentDigest model, String line, long counter, int right, int best, int asked, String detail,
        GoldenFacts now, GoldenFacts before) {}
