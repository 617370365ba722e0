/**
 * Text to token ids and back, as the model file describes it: byte-level BPE and SentencePiece-style vocabularies,
 * special tokens, streaming-safe UTF-8.
 *
 * <p>Not here: chat templates ({@code prompt}), sampling, any file access (what is read arrives as
 * {@link dev.outpost.engine.gguf.GgufMetadata}).
 *
 * <p>Memory: a tokenizer owns its tables, on the heap, for its life; a call allocates in proportion to its text. Time
 * is linear in the text but for the merge heap's logarithm.
 *
 * <p>Threads: all immutable, any thread; {@link dev.outpost.engine.tokenizer.Utf8Assembler} belongs to one stream.
 */
package dev.outpost.engine.tokenizer;
