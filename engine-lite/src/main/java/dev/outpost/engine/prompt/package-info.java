/**
 * A chat's messages to prompt text, by the template the model file brings: an evaluator of the part of Jinja that chat
 * templates use, with Python's values and texts where they show.
 *
 * <p>Not here: what a template means to a wire (HTTP), tokens, the parsing of a model's tool calls.
 *
 * <p>Templates come from model files and are hostile until shown otherwise: no reflection, no attribute beyond a fixed list,
 * no mutation of what the caller passed, and limits on steps, depth, text and ranges ({@code RenderBudget}).
 *
 * <p>Memory: a template owns its syntax tree; a rendering allocates at most what its budget lets it. Any thread.
 */
package dev.outpost.engine.prompt;
