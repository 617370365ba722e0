/**
 * Model files: bytes to a checked description, or a typed refusal with code, field and byte offset.
 *
 * <p>Here: the GGUF container, its metadata and its tensor table. Not here: what a value means to a model (its reader
 * and its tokenizer check that) and the blocks of a tensor ({@code quant}).
 *
 * <p>A {@link GgufFile} owns one file descriptor and one read-only mapping of the header; {@link GgufMetadata} borrows
 * the mapping and copies whatever it returns. A tensor's mapping belongs to the arena its caller brings. Reading is
 * free for any thread; closing is for the thread that opened.
 */
package dev.outpost.engine.gguf;
