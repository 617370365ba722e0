/** Architecture {@code llama}: SmolLM2, TinyLlama, Mistral, Llama 2 and 3. Stateless descriptions, any thread. */
package dev.outpost.engine.model.llama;
