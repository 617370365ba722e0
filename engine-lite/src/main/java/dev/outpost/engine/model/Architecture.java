package dev.outpost.engine.model;

/**
 * One family of networks: the seam where another is added. Reads its hyper-parameters, names its tensors and says in
 * which order a forward pass takes its steps; it computes and allocates nothing itself.
 */
public interface Architecture {

    /** What {@code general.architecture} says, such as {@code llama}. */
    String name();

    /**
     * Describes the network of one file. Nothing is loaded yet: the handles in {@code weights} are filled later.
     *
     * @throws dev.outpost.engine.failure.ModelRejectedException for a value out of range or a tensor that is missing or
     *         has another shape
     */
    Network describe(HyperParameters file, WeightTable weights);

    /** A described network. */
    interface Network {

        Configuration configuration();

        /** Runs all layers over the rows of {@code pass}; after the weights were loaded. */
        void forward(ForwardPass pass);
    }
}
