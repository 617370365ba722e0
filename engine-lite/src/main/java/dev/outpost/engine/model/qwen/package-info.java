/** Architectures {@code qwen2} (Qwen 2 and 2.5) and {@code qwen3}. Stateless descriptions, any thread. */
package dev.outpost.engine.model.qwen;
