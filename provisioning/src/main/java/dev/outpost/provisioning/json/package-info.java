/**
 * JSON in its canonical form (RFC 8785), read strictly and written in exactly one way.
 *
 * <p>Here: values, reader, writer and a member-by-member reader that refuses what it does not know. Not here: null,
 * which no document of ours uses, numbers beyond a double, and repair of any kind. Immutable values, any thread.
 */
package dev.outpost.provisioning.json;
