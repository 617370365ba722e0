package dev.outpost.engine.model;

/**
 * What a model's callers need to know of its dimensions.
 *
 * @param architecture such as {@code llama}
 * @param layers transformer layers
 * @param hidden width of the residual stream
 * @param vocabulary tokens, the length of a row of logits
 * @param context tokens one slot holds, as fitted to the memory budget
 * @param maxRows most rows of one {@link ForwardBatch}
 * @param trainedContext tokens the model was trained with
 */
public record ModelShape(String architecture, int layers, int hidden, int vocabulary, int context, int maxRows,
        int trainedContext) {}
