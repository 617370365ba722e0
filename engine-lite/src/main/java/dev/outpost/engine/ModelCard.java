package dev.outpost.engine;

/**
 * What a model file says of itself.
 *
 * @param name {@code general.name}, or the file's name without extension
 * @param architecture such as {@code llama}
 * @param quantisation the type that holds most weights, such as {@code Q4_1}
 * @param parameters number of weights
 * @param layers number of transformer layers
 * @param hidden width of the residual stream
 * @param vocabulary number of tokens
 * @param trainedContext context length in tokens the model was trained with
 * @param context context length in tokens of one request, as loaded
 * @param fileBytes size of the model file
 */
public record ModelCard(String name, String architecture, String quantisation, long parameters, int layers, int hidden,
        int vocabulary, int trainedContext, int context, long fileBytes) {}
