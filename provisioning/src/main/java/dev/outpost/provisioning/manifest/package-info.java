/**
 * The signed documents as records: what a root, a release, a fleet document and a freshness answer say.
 *
 * <p>Here: canonical JSON to record and back, with limits, and the envelope that carries signatures. Not here: whether a
 * signature counts or a document may be used; a record alone is a claim, not a fact ({@code verify} decides). Times are
 * whole seconds since 1970 UTC. Immutable values, any thread.
 */
package dev.outpost.provisioning.manifest;
